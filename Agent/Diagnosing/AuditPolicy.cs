using Sealtail.Configuration;

namespace Sealtail.Diagnosing;

/// <summary>A kube-apiserver audit policy (audit.k8s.io), as far as it decides whose bodies are written. The first rule that matches a request counts.</summary>
internal sealed class AuditPolicy
{
    private static readonly string[] Limits = ["users", "userGroups", "verbs", "namespaces"];

    private readonly IReadOnlyList<YamlNode> rules;

    private AuditPolicy(IReadOnlyList<YamlNode> rules, bool omitsRequestReceived) => (this.rules, OmitsRequestReceived) = (rules, omitsRequestReceived);

    /// <summary>Whether nothing is written when a request comes in, which is the one moment at which blocking-strict acts.</summary>
    public bool OmitsRequestReceived { get; }

    /// <summary>Null if the text is no audit policy.</summary>
    public static AuditPolicy? TryParse(string text) =>
        YamlReader.Read(text, new ConfigurationErrors("policy")) is { } root && root.Member("kind").Text() == "Policy" && root.Member("rules") is YamlSequence rules
            ? new AuditPolicy(rules.Items, root.Member("omitStages").Texts().Contains("RequestReceived"))
            : null;

    /// <summary>Whether the policy writes anything at all.</summary>
    public bool WritesNothing => rules.All(rule => rule.Member("level").Text() is "None" or "");

    /// <summary>
    /// The level at which a body of the resource can be written; null if none can. A rule that is limited to some users, verbs or namespaces may
    /// match such a request, and lets others through to the rules after it.
    /// </summary>
    public string? BodiesOf(string group, string resource)
    {
        foreach (var rule in rules)
        {
            if (!Matches(rule, group, resource)) continue;
            if (rule.Member("level").Text() is var level && level is "Request" or "RequestResponse") return level;
            if (!IsLimited(rule)) return null;
        }

        return null;
    }

    private static bool Matches(YamlNode rule, string group, string resource)
    {
        if (rule.Member("nonResourceURLs").Items().Count > 0) return false;
        var kinds = rule.Member("resources").Items();
        return kinds.Count == 0 || kinds.Any(kind => kind.Member("group").Text() == group && Names(kind, resource));
    }

    // Without a list of resources, all of the group.
    private static bool Names(YamlNode kind, string resource)
    {
        var names = kind.Member("resources").Texts().ToArray();
        return names.Length == 0 || names.Any(name => name == resource || name == "*"
            || (name.StartsWith("*/", StringComparison.Ordinal) && resource.EndsWith(name[1..], StringComparison.Ordinal))
            || (name.EndsWith("/*", StringComparison.Ordinal) && resource.StartsWith(name[..^1], StringComparison.Ordinal)));
    }

    private static bool IsLimited(YamlNode rule) =>
        Limits.Any(key => rule.Member(key).Items().Count > 0)
        || rule.Member("resources").Items().Any(kind => kind.Member("resourceNames").Items().Count > 0);
}
