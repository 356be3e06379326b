namespace Sealtail.FakeGcs.Identity;

/// <summary>An identity. Its permissions may change while it is used, as IAM's do.</summary>
internal sealed class FakePrincipal(string email, IReadOnlySet<string> permissions)
{
    public string Email { get; } = email;

    public IReadOnlySet<string> Permissions { get; set; } = permissions;

    /// <summary>How long tokens issued from now on live.</summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(1);
}
