using System.Text.Json;

namespace Sealtail.Posture;

/// <summary>Judges IAM bindings: who can view, create, delete and administer, and whether the agent can do more than create.</summary>
internal static class IamRules
{
    private static readonly string[] DataAccess = ["DATA_READ", "DATA_WRITE"];
    private static readonly string[] OfAgent = ["create", "look"];
    private static readonly string[] Everyone = ["allUsers", "allAuthenticatedUsers"];

    // What each predefined role means for a record that nobody is to change.
    private static readonly Dictionary<string, string[]> Means = new(StringComparer.Ordinal)
    {
        ["roles/storage.objectCreator"] = ["create"],
        ["roles/storage.objectViewer"] = ["view"],
        ["roles/storage.objectUser"] = ["view", "create", "delete"],
        ["roles/storage.objectAdmin"] = ["view", "create", "delete"],
        ["roles/storage.admin"] = ["view", "create", "delete", "administer"],
        ["roles/storage.legacyObjectReader"] = ["view"],
        ["roles/storage.legacyObjectOwner"] = ["view", "delete"],
        ["roles/storage.legacyBucketReader"] = ["look"],
        ["roles/storage.legacyBucketWriter"] = ["look", "create", "delete"],
        ["roles/storage.legacyBucketOwner"] = ["look", "create", "delete", "administer"],
        ["roles/storage.bucketViewer"] = ["look"],
        ["roles/storage.insightsCollectorService"] = ["look"],
        ["roles/resourcemanager.projectIamAdmin"] = ["administer"],
        ["roles/iam.securityAdmin"] = ["administer"],
        ["roles/owner"] = ["view", "create", "delete", "administer"],
        ["roles/editor"] = ["view", "create", "delete", "administer"],
        ["roles/viewer"] = ["look"],
    };

    /// <param name="policy">The policy of the bucket or of its project.</param>
    /// <param name="owner">Which of the two.</param>
    /// <param name="agent">The agent's identity, such as <c>serviceAccount:…</c>; null: it was not named.</param>
    public static IEnumerable<PostureCheck> Judge(JsonElement policy, string owner, string? agent)
    {
        var bindings = (from binding in Json.Items(policy, "bindings")
                        let role = Json.Text(binding, "role") ?? "a role without a name"
                        where Means.ContainsKey(role) || owner == "bucket" || role.Contains("storage", StringComparison.OrdinalIgnoreCase) || IsCustom(role)
                        from member in Json.Texts(binding, "members")
                        select (Role: role, Member: member)).ToArray();
        foreach (var (what, state) in new[] { ("view", PostureState.Info), ("create", PostureState.Info), ("delete", PostureState.Warning), ("administer", PostureState.Warning) })
        {
            var members = bindings.Where(item => Means.GetValueOrDefault(item.Role)?.Contains(what) == true).Select(item => item.Member).Distinct().Order(StringComparer.Ordinal).ToArray();
            if (members.Length == 0) yield return new PostureCheck($"{owner}-can-{what}", PostureState.Ok, $"By the {owner}'s policy nobody can {Phrase(what)}.");
            else yield return new PostureCheck($"{owner}-can-{what}", state, $"By the {owner}'s policy these can {Phrase(what)}: {string.Join(", ", members)}.", what is "delete" or "administer" ? "Take it from all who do not need it; the locked policy holds against them until the retention ends." : null);
        }

        foreach (var (role, member) in bindings.Where(item => Everyone.Contains(item.Member)))
            yield return new PostureCheck($"{owner}-public", PostureState.Bad, $"{member} has {role}.", "Remove that binding: the audit log is not for everybody.");
        foreach (var role in bindings.Select(item => item.Role).Where(role => !Means.ContainsKey(role)).Distinct())
            yield return new PostureCheck($"{owner}-role-unknown", PostureState.Warning, $"{role} is held by {string.Join(", ", bindings.Where(item => item.Role == role).Select(item => item.Member))}, and what it allows is not known here.", $"Look at it: gcloud iam roles describe {role}");
        if (agent is not null)
            foreach (var check in JudgeAgent(bindings, owner, agent)) yield return check;
    }

    /// <summary>Whether reading and writing objects leaves a trace of its own, and so whether administrators are audited.</summary>
    public static PostureCheck JudgeAuditLogs(JsonElement projectPolicy)
    {
        var types = Json.Items(projectPolicy, "auditConfigs")
            .Where(config => Json.Text(config, "service") is "allServices" or "storage.googleapis.com")
            .SelectMany(config => Json.Items(config, "auditLogConfigs")).Select(log => Json.Text(log, "logType")).ToHashSet();
        string[] missing = [.. DataAccess.Where(type => !types.Contains(type))];
        return missing.Length == 0
            ? new PostureCheck("audit-logs", PostureState.Ok, "Data Access audit logs of Cloud Storage are on in the project: who reads, writes and deletes objects is recorded.")
            : new PostureCheck("audit-logs", PostureState.Bad, $"The project's policy does not turn on Data Access audit logs ({string.Join(", ", missing)}) for Cloud Storage. A folder's or the organisation's may; that is not seen from here.", "Turn them on for storage.googleapis.com, so that administrators' access is itself audited.");
    }

    private static IEnumerable<PostureCheck> JudgeAgent((string Role, string Member)[] bindings, string owner, string agent)
    {
        var roles = bindings.Where(item => item.Member == agent).Select(item => item.Role).Distinct().ToArray();
        var more = roles.Where(role => Means.GetValueOrDefault(role) is not { } can || can.Except(OfAgent).Any()).ToArray();
        if (more.Length > 0) yield return new PostureCheck($"{owner}-agent", PostureState.Bad, $"The agent's identity {agent} holds {string.Join(", ", more)} by the {owner}'s policy: more than to create.", "Give it roles/storage.objectCreator and nothing else.");
        else if (roles.Length > 0) yield return new PostureCheck($"{owner}-agent", PostureState.Ok, $"The agent's identity {agent} holds {string.Join(", ", roles)} by the {owner}'s policy.");
        else yield return new PostureCheck($"{owner}-agent", PostureState.Info, $"The agent's identity {agent} is not named in the {owner}'s policy; groups are not looked into.");
    }

    // Of somebody's own making: what it allows, its name does not say.
    private static bool IsCustom(string role) => role.StartsWith("projects/", StringComparison.Ordinal) || role.StartsWith("organizations/", StringComparison.Ordinal);

    private static string Phrase(string what) => what switch
    {
        "view" => "read and export objects",
        "create" => "create objects",
        "delete" => "delete or change objects whose retention is over",
        _ => "change the bucket's settings and who may use it",
    };
}
