using System.Text.Json;

namespace Sealtail.Buckets.Credentials;

/// <summary>What matters of a credential's JSON file before the library may see it: whether it is of the accepted kind and runs no program unasked.</summary>
internal sealed record CredentialFile
{
    public const string ServiceAccount = "service_account";
    public const string ExternalAccount = "external_account";
    public const string Impersonated = "impersonated_service_account";

    /// <summary>The file's own word for its kind.</summary>
    public required string Type { get; init; }

    /// <summary>The program that gives a federated token; null if there is none.</summary>
    public CredentialExecutable? Executable { get; init; }

    public string? TokenUrl { get; init; }

    public string? Audience { get; init; }

    public string? SubjectTokenType { get; init; }

    public string? ImpersonationUrl { get; init; }

    /// <exception cref="BucketException">It is not what the options accept.</exception>
    public static CredentialFile Parse(string json, CredentialOptions options)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var type = Text(root, "type") ?? throw Refused("It names no type, so it is no credential file.");
        if (Wanted(options.Type) is { } wanted && type != wanted)
            throw Refused($"It is of the type {type}, and output.credentials.type accepts {wanted} alone.");

        // Inside an impersonation's file lies another credential, with programs of its own.
        if (Member(root, "source_credentials") is { } source && ExecutableOf(source) is not null)
            throw Refused("Its source credential runs a program, which is not supported.");
        var executable = ExecutableOf(root);
        if (executable is not null && !options.AllowExecutable)
            throw Refused("It runs a program for its token. That is refused unless output.credentials.allow_executable is true.");
        return new CredentialFile
        {
            Type = type,
            Executable = executable,
            TokenUrl = Text(root, "token_url"),
            Audience = Text(root, "audience"),
            SubjectTokenType = Text(root, "subject_token_type"),
            ImpersonationUrl = Text(root, "service_account_impersonation_url"),
        };
    }

    private static string? Wanted(CredentialType type) => type switch
    {
        CredentialType.ServiceAccount => ServiceAccount,
        CredentialType.ExternalAccount => ExternalAccount,
        CredentialType.Impersonated => Impersonated,
        _ => null,
    };

    private static CredentialExecutable? ExecutableOf(JsonElement root)
    {
        if (Member(root, "credential_source") is not { } source || Member(source, "executable") is not { } executable) return null;
        var milliseconds = Member(executable, "timeout_millis") is { ValueKind: JsonValueKind.Number } timeout && timeout.TryGetInt32(out var given) ? given : 30_000;
        return new CredentialExecutable(Text(executable, "command") ?? "", TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 5_000, 120_000)), Text(executable, "output_file"));
    }

    private static JsonElement? Member(JsonElement parent, string name) => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static BucketException Refused(string why) => new(BucketFault.Denied, $"The credential file is refused. {why}");
}

/// <summary>A program that prints a federated token.</summary>
internal sealed record CredentialExecutable(string Command, TimeSpan Timeout, string? OutputFile);
