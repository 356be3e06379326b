using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Identity;

/// <summary>Who asks, and what they may do at this moment.</summary>
internal sealed record Caller(string? Email, IReadOnlySet<string> Permissions)
{
    public bool Has(string permission) => Permissions.Contains(permission);

    /// <summary>Refuses a caller without the permission. Nobody in particular hears 401, somebody 403.</summary>
    public void Require(string permission, string resource)
    {
        if (!Has(permission))
            throw Email is null ? GcsErrors.LoginRequired(permission, resource) : GcsErrors.Denied(Email, permission, resource);
    }

    /// <summary>An anonymous caller who may not do this hears so before anything about the bucket is said.</summary>
    public void RequireLogin(string permission, string resource)
    {
        if (Email is null)
            Require(permission, resource);
    }
}
