using Sealtail.Files;

namespace Sealtail.Buckets;

/// <summary>A bucket from what a person types: <c>file:///dir</c> or a path.</summary>
internal static class BucketFactory
{
    private const string FileScheme = "file://";

    /// <exception cref="FormatException">The text names no bucket; the message says what does.</exception>
    public static IBucket Open(string location, DurableFiles files)
    {
        if (location.StartsWith(FileScheme, StringComparison.Ordinal))
        {
            var path = location[FileScheme.Length..]; // literally: a path may contain a percent sign
            return Path.IsPathFullyQualified(path)
                ? new DirectoryBucket(path, files)
                : throw new FormatException($"'{location}' has no absolute path: write file:///dir, with three slashes.");
        }

        if (location.Contains("://", StringComparison.Ordinal) || location.Length == 0)
            throw new FormatException($"'{location}' names no bucket: write file:///dir or a path.");
        return new DirectoryBucket(Path.GetFullPath(location), files);
    }
}
