namespace Sealtail.Buckets;

internal enum CredentialType { Adc, ServiceAccount, ExternalAccount, Impersonated, Metadata, None }

/// <summary>As whom the bucket is written: the one kind of credential that is accepted (configuration <c>output.credentials</c>).</summary>
internal sealed record CredentialOptions
{
    public CredentialType Type { get; init; } = CredentialType.Adc;

    /// <summary>The credential's JSON file: set for a service account, an external account and impersonation, else null.</summary>
    public string? File { get; init; }

    /// <summary>Whether a federation file may name a program to run for its token.</summary>
    public bool AllowExecutable { get; init; }
}
