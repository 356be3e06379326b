using Sealtail.Buckets;
using Sealtail.Configuration.Kinds;

namespace Sealtail.Configuration;

/// <summary>What no single key can show: values that contradict each other. Each error stands at the key that is easier to change.</summary>
internal static class ConfigurationRules
{
    public static void Check(Settings settings, ConfigurationErrors errors)
    {
        CheckSizes(settings, errors);
        CheckDistinctInputs(settings, errors);
        CheckPaths(settings, errors);
        CheckOutput(settings, errors);
        CheckCredentials(settings, errors);
    }

    private static void CheckSizes(Settings settings, ConfigurationErrors errors)
    {
        if (settings.TryGet(Keys.ChunkMaxAge, out var age) && settings.TryGet(Keys.MaxSilence, out var silence) && silence < 2 * age)
            Add(settings, errors, Either(settings, Keys.MaxSilence, Keys.ChunkMaxAge), 0,
                $"chunk.max_silence must be at least twice chunk.max_age ({Print(Keys.MaxSilence, silence)} is less than 2 × {Print(Keys.ChunkMaxAge, age)})");

        if (settings.TryGet(Keys.ChunkMaxSize, out var chunk) && settings.TryGet(Keys.SpoolMaxSize, out var spool) && spool < 2 * chunk)
            Add(settings, errors, Either(settings, Keys.SpoolMaxSize, Keys.ChunkMaxSize), 0,
                $"spool.max_size must be at least twice chunk.max_size ({Print(Keys.SpoolMaxSize, spool)} is less than 2 × {Print(Keys.ChunkMaxSize, chunk)})");
    }

    private static void CheckDistinctInputs(Settings settings, ConfigurationErrors errors)
    {
        foreach (var key in new[] { Keys.InputName, Keys.InputPath })
        {
            var first = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var input = 0; input < settings.Inputs; input++)
                if (settings.TryGet(key, out var value, input) && !first.TryAdd(value, input))
                    Add(settings, errors, key, input, $"{Quoted.Text(value)} is the {(key == Keys.InputName ? "name" : "path")} of {key.PathOf(first[value])} too; each input needs its own");
        }
    }

    // An input's directory is the spool's alone: a key or a bucket inside it would be taken for damage, or fill its quota.
    private static void CheckPaths(Settings settings, ConfigurationErrors errors)
    {
        if (!settings.TryGet(Keys.State, out var state)) return;
        for (var input = 0; input < settings.Inputs; input++)
        {
            if (!settings.TryGet(Keys.InputName, out var name, input)) continue;
            var directory = Path.Combine(state, name);
            if (settings.TryGet(Keys.SigningKeyPath, out var key) && (Overlap(key, directory) || Overlap(key + ".pub", directory)))
                Add(settings, errors, settings.IsGiven(Keys.SigningKeyPath) ? Keys.SigningKeyPath : Keys.InputName, input, $"the key {Quoted.Text(key)} and the input's state directory {Quoted.Text(directory)} must not be one in the other");
            if (settings.TryGet(Keys.Bucket, out var bucket) && DirectoryOf(bucket) is { } target && Overlap(target, directory))
                Add(settings, errors, Keys.Bucket, 0, $"the bucket {Quoted.Text(target)} and the input's state directory {Quoted.Text(directory)} must not be one in the other");
            if (settings.TryGet(Keys.InputPath, out var log, input) && Overlap(log, directory))
                Add(settings, errors, Keys.InputPath, input, $"the log must not lie in its own state directory {Quoted.Text(directory)}");
        }
    }

    private static void CheckOutput(Settings settings, ConfigurationErrors errors)
    {
        if (!settings.TryGet(Keys.Bucket, out var bucket)) return;
        if (DirectoryOf(bucket) is not null)
            foreach (var key in new Key[] { Keys.Endpoint, Keys.Credential, Keys.CredentialFile, Keys.AllowExecutable })
                // A default written out changes nothing, and the shipped file writes them out.
                if (settings.IsGiven(key) && settings.Of(key).Value is { } value && key.Kind.Write(value) != key.Default)
                    Add(settings, errors, key, 0, $"is only for a gs:// bucket, and output.bucket is {Quoted.Text(bucket)}; leave it out");

        if (DirectoryOf(bucket) is null && settings.IsGiven(Keys.RetentionMinimum)
            && settings.TryGet(Keys.RetentionRequire, out var require) && require == RetentionRequirement.None)
            Add(settings, errors, Keys.RetentionMinimum, 0, "contradicts output.retention.require: none; leave one of them out");
    }

    private static void CheckCredentials(Settings settings, ConfigurationErrors errors)
    {
        if (!settings.TryGet(Keys.Bucket, out var bucket) || DirectoryOf(bucket) is not null || !settings.TryGet(Keys.Credential, out var type)) return;
        var needsFile = type is CredentialType.ServiceAccount or CredentialType.ExternalAccount or CredentialType.Impersonated;
        if (needsFile && !settings.IsGiven(Keys.CredentialFile))
            Add(settings, errors, Keys.Credential, 0, $"{Print(Keys.Credential, type)} needs output.credentials.file");
        if (!needsFile && settings.IsGiven(Keys.CredentialFile))
            Add(settings, errors, Keys.CredentialFile, 0, $"is not used with output.credentials.type: {Print(Keys.Credential, type)}; set service_account, external_account or impersonated, or leave it out");
        if (settings.TryGet(Keys.AllowExecutable, out var allowed) && allowed && type is CredentialType.ServiceAccount or CredentialType.Metadata or CredentialType.None)
            Add(settings, errors, Keys.AllowExecutable, 0, $"has no meaning with output.credentials.type: {Print(Keys.Credential, type)}; leave it out");
    }

    /// <summary>The directory that a location names; null for a bucket of GCS.</summary>
    internal static string? DirectoryOf(string location) =>
        location.StartsWith(LocationKind.Gcs, StringComparison.Ordinal) ? null : location;

    private static bool Overlap(string one, string other) =>
        one == other || one.StartsWith(other + "/", StringComparison.Ordinal) || other.StartsWith(one + "/", StringComparison.Ordinal);

    private static Key Either(Settings settings, Key wanted, Key other) => settings.IsGiven(wanted) || !settings.IsGiven(other) ? wanted : other;

    private static string Print<T>(Key<T> key, T value) where T : notnull => key.Kind.Write(value);

    private static void Add(Settings settings, ConfigurationErrors errors, Key key, int input, string message) =>
        errors.Add(settings.PlaceOf(key, key.IsPerInput ? input : 0), key.PathOf(input), message);
}
