using Sealtail.Buckets.Evidence;
using Sealtail.Buckets.Gcs;
using Sealtail.Files;

namespace Sealtail.Buckets;

/// <summary>A bucket from what a person types: <c>gs://bucket[/prefix]</c>, <c>file:///dir</c> or a path.</summary>
internal static class BucketFactory
{
    private const string FileScheme = "file://";

    /// <summary>
    /// For reading. A <c>gs://</c> bucket is read with the Application Default Credentials, or without any from the stand-in that STORAGE_EMULATOR_HOST names.
    /// </summary>
    /// <exception cref="FormatException">The text names no bucket; the message says what does.</exception>
    public static IBucket Open(string location, DurableFiles files) => Open(new BucketOptions { Location = location }, GcsScope.Read, files, TimeProvider.System);

    /// <summary>For writing.</summary>
    /// <exception cref="FormatException">The location names no bucket; the message says what does.</exception>
    public static IBucket Open(BucketOptions options, DurableFiles files, TimeProvider time) => Open(options, GcsScope.Write, files, time);

    private static IBucket Open(BucketOptions options, GcsScope scope, DurableFiles files, TimeProvider time)
    {
        var location = options.Location;
        if (location.StartsWith(GcsLocation.Scheme, StringComparison.Ordinal)) return GcsBucket.Open(options, scope, GcsEnvironment.OfProcess(), time);
        if (location.StartsWith(FileScheme, StringComparison.Ordinal))
        {
            var path = location[FileScheme.Length..]; // literally: a path may contain a percent sign
            return Path.IsPathFullyQualified(path)
                ? new DirectoryBucket(path, files)
                : throw new FormatException($"'{location}' has no absolute path: write file:///dir, with three slashes.");
        }

        if (location.Contains("://", StringComparison.Ordinal) || location.Length == 0)
            throw new FormatException($"'{location}' names no bucket: write gs://bucket[/prefix], file:///dir or a path.");
        // An export of a bucket is one file, and can only be read.
        return scope == GcsScope.Read && location.EndsWith(EvidenceBucket.Extension, StringComparison.Ordinal) && File.Exists(location)
            ? EvidenceBucket.Open(Path.GetFullPath(location))
            : new DirectoryBucket(Path.GetFullPath(location), files);
    }
}
