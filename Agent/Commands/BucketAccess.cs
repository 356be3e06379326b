using System.CommandLine;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.Configuration;
using Sealtail.Files;

namespace Sealtail.Commands;

/// <summary>How commands come to a bucket, and as whom one is drilled, checked or set up: the default credentials, or those of an agent's configuration.</summary>
internal static class BucketAccess
{
    private const string FileScheme = "file://";

    public static Option<string?> ConfigOption() => new("--config") { Description = "Take endpoint and credentials from this configuration of an agent. Default: Application Default Credentials.", HelpName = "FILE" };

    public static BucketOptions Options(string location, string? config)
    {
        if (config is null) return new BucketOptions { Location = location };
        return ConfigurationLoader.Load(config).Bucket with { Location = location };
    }

    /// <summary>A bucket, a directory or an export, to be read as whoever runs this.</summary>
    /// <exception cref="CommandException">It names no bucket.</exception>
    public static IBucket OpenToRead(string location)
    {
        try
        {
            return BucketFactory.Open(location, new DurableFiles());
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message, ExitCode.Usage, e);
        }
    }

    /// <summary>The directory that the location names; null for a bucket in the cloud.</summary>
    /// <exception cref="CommandException">It names no bucket.</exception>
    public static string? DirectoryOf(BucketOptions options)
    {
        var location = options.Location;
        if (location.StartsWith(GcsLocation.Scheme, StringComparison.Ordinal)) return null;
        if (location.StartsWith(FileScheme, StringComparison.Ordinal)) location = location[FileScheme.Length..];
        else if (location.Contains("://", StringComparison.Ordinal)) throw new CommandException($"{Quoted.Text(location)} names no bucket: write gs://bucket[/prefix], file:///dir or a path.");
        return location.Length > 0 ? Path.GetFullPath(location) : throw new CommandException("The bucket has no name.");
    }

    /// <exception cref="CommandException">The location is no Cloud Storage bucket.</exception>
    public static GcsAdmin Admin(BucketOptions options)
    {
        try
        {
            return GcsAdmin.Open(options, GcsEnvironment.OfProcess(), TimeProvider.System);
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message, ExitCode.Usage, e);
        }
    }
}
