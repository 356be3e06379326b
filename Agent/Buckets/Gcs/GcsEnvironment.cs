using System.Net;

namespace Sealtail.Buckets.Gcs;

/// <summary>What the process's surroundings say about Google's services, read once, so that a test can say something else.</summary>
internal sealed record GcsEnvironment
{
    /// <summary>STORAGE_EMULATOR_HOST: another server than Google's, such as <c>http://localhost:4443</c>.</summary>
    public Uri? Emulator { get; init; }

    /// <summary>GOOGLE_APPLICATION_CREDENTIALS: the file of the Application Default Credentials.</summary>
    public string? ApplicationCredentials { get; init; }

    /// <summary>Where <c>gcloud auth application-default login</c> leaves its file.</summary>
    public string? WellKnownCredentials { get; init; }

    /// <summary>GCE_METADATA_HOST, or the address of every machine's own metadata server.</summary>
    public string MetadataHost { get; init; } = "169.254.169.254";

    /// <summary>By HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.</summary>
    public IWebProxy Proxy { get; init; } = HttpClient.DefaultProxy;

    /// <exception cref="FormatException">STORAGE_EMULATOR_HOST is no address.</exception>
    public static GcsEnvironment OfProcess()
    {
        var home = Environment.GetEnvironmentVariable("HOME");
        var configuration = Environment.GetEnvironmentVariable("CLOUDSDK_CONFIG") ?? (home is null ? null : Path.Combine(home, ".config", "gcloud"));
        return new GcsEnvironment
        {
            Emulator = ParseEmulator(Environment.GetEnvironmentVariable("STORAGE_EMULATOR_HOST")),
            ApplicationCredentials = NullIfEmpty(Environment.GetEnvironmentVariable("GOOGLE_APPLICATION_CREDENTIALS")),
            WellKnownCredentials = configuration is null ? null : Path.Combine(configuration, "application_default_credentials.json"),
            MetadataHost = NullIfEmpty(Environment.GetEnvironmentVariable("GCE_METADATA_HOST")) ?? new GcsEnvironment().MetadataHost,
        };
    }

    /// <summary>Google's own clients disagree on the form: <c>host:port</c>, <c>http://host:port</c> and the whole base address with a path are all in use.</summary>
    public static Uri? ParseEmulator(string? text)
    {
        if (NullIfEmpty(text) is null) return null;
        var address = text!.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}"; // not null: it is not empty
        return Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
            ? new Uri(url.GetLeftPart(UriPartial.Authority))
            : throw new FormatException($"STORAGE_EMULATOR_HOST is '{text}': write http://host:port.");
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
