using Sealtail.Buckets;

namespace Sealtail.Configuration;

/// <summary>What is allowed but weakens a promise; told at start and by <c>config check</c>, so that nobody finds out afterwards.</summary>
internal static class ConfigurationWarnings
{
    public static IEnumerable<string> Of(Settings settings)
    {
        var directory = ConfigurationRules.DirectoryOf(settings.Get(Keys.Bucket)) is not null;
        var require = settings.Get(Keys.RetentionRequire);
        if (settings.Get(Keys.AllowVolatileState))
            yield return "service.allow_volatile_state is true: on tmpfs or overlay, what is not uploaded and the place in the log are lost with the machine or container.";
        if (directory)
            yield return "output.bucket is a directory: nothing but permissions keeps its files from being changed."
                + (require != RetentionRequirement.None || settings.IsGiven(Keys.RetentionMinimum) ? " The required retention cannot be met there." : "");
        if (!directory && require == RetentionRequirement.None)
            yield return "output.retention.require is none: whether objects can be changed or deleted is not checked.";
        if (!directory && settings.Get(Keys.Credential) == CredentialType.None)
            yield return "output.credentials.type is none: requests carry no token, which only a stand-in accepts.";
        if (settings.TryGet(Keys.Endpoint, out var endpoint) && endpoint.Scheme == Uri.UriSchemeHttp && !endpoint.IsLoopback && settings.Get(Keys.Credential) != CredentialType.None)
            yield return "output.endpoint is plain HTTP to another machine: the access token and the audit log travel unencrypted.";
        if (settings.TryGet(Keys.Http, out var address) && !System.Net.IPAddress.IsLoopback(address.Address))
            yield return "service.http listens on more than loopback: metrics and status are readable without a password.";
    }
}
