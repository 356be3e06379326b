namespace Sealtail.Diagnosing;

/// <summary>How kube-apiserver is told to write the log.</summary>
internal static class ApiServerChecks
{
    // Whose bodies are secrets, or hold tokens.
    private static readonly (string Group, string Resource)[] Secret =
        [("", "secrets"), ("", "serviceaccounts/token"), ("authentication.k8s.io", "tokenreviews")];

    public static IEnumerable<Diagnosis> Of(Node node, IReadOnlyList<string> paths, ApiServer? server)
    {
        if (server is null)
        {
            yield return Diagnosis.Unknown(CheckId.ApiServer, "kube-apiserver is not to be seen from here: no process, manifest or k3s configuration.", "Run the doctor on the node itself, or with --root where a debugging pod has the node's files.");
            yield break;
        }

        if (server.IsConfiguredByFile)
        {
            yield return Diagnosis.Unknown(CheckId.ApiServer, $"kube-apiserver ({server.FoundIn}) takes its settings from an operator's file, which is not read.", "Look at the operator's audit settings.");
            yield break;
        }

        yield return Diagnosis.Good(CheckId.ApiServer, $"kube-apiserver found: {server.FoundIn}{(server.Minor is { } minor ? $", version 1.{minor}" : "")}.");
        yield return Target(paths, server);
        if (server.AuditLogPath is { } log && MountedAlone(server, log) is { } alone) yield return alone;
        yield return Policy(node, server);
        yield return server.Flags.GetValueOrDefault("audit-log-format", "json") is "json"
            ? Diagnosis.Good(CheckId.AuditFormat, "The log is JSON.")
            : Diagnosis.Problem(CheckId.AuditFormat, "--audit-log-format=legacy writes lines without bodies, ids and structure. They are shipped, but nobody can search them.", "Remove --audit-log-format.");
        yield return Mode(node, server);
    }

    private static Diagnosis Target(IReadOnlyList<string> paths, ApiServer server)
    {
        if (server.AuditLogPath is not { } path)
            return Diagnosis.Problem(CheckId.AuditLogPath, "kube-apiserver has no --audit-log-path: it writes no audit log.", "Set --audit-log-path and --audit-policy-file: see docs/kube-apiserver.md.");
        if (path == "-")
            return Diagnosis.Problem(CheckId.AuditLogPath, "--audit-log-path=- writes the audit log to standard output, where the container runtime cuts and deletes it.", "Give it a file in a directory of its own.");
        var host = server.OnHost(path);
        return paths.Contains(host)
            ? Diagnosis.Good(CheckId.AuditLogPath, $"kube-apiserver writes {host}, which is read.")
            : Diagnosis.Problem(CheckId.AuditLogPath, $"kube-apiserver writes {host}{(host == path ? "" : $" ({path} in its own file system)")}, but the configuration reads {string.Join(", ", paths)}.", "Make inputs[].path the node's path of the log.");
    }

    private static Diagnosis? MountedAlone(ApiServer server, string path) =>
        server.Mounts?.IsMountPoint(path) == true || server.HostPaths.ContainsKey(path)
            ? Diagnosis.Problem(CheckId.LogMountedAlone, $"{path} is mounted alone into kube-apiserver: it cannot rename it, and every record after the first --audit-log-maxsize is lost inside kube-apiserver.", "Mount the log's directory into kube-apiserver (hostPath of type DirectoryOrCreate).")
            : null;

    private static Diagnosis Policy(Node node, ApiServer server)
    {
        if (server.PolicyFile is not { } path)
            return Diagnosis.Problem(CheckId.AuditPolicy, "kube-apiserver has no --audit-policy-file: nothing is audited.", "Give it a policy, for instance config/audit-policy.yaml.");
        if (node.TryRead(server.OnHost(path)) is not { } text)
            return Diagnosis.Unknown(CheckId.AuditPolicy, $"The audit policy {server.OnHost(path)} cannot be read from here.");
        if (AuditPolicy.TryParse(text) is not { } policy)
            return Diagnosis.Problem(CheckId.AuditPolicy, $"{server.OnHost(path)} is no audit policy.", "kube-apiserver would not start with it again: correct it.");
        if (policy.WritesNothing)
            return Diagnosis.Problem(CheckId.AuditPolicy, $"{server.OnHost(path)} has no rule that writes anything.", "Add rules of level Metadata at least.");
        var bodies = Secret.Select(each => (each.Resource, Level: policy.BodiesOf(each.Group, each.Resource))).Where(each => each.Level is not null).ToArray();
        return bodies.Length == 0
            ? Diagnosis.Good(CheckId.AuditPolicy, "The audit policy writes no bodies of secrets and tokens.")
            : Diagnosis.Warning(CheckId.AuditPolicy, $"The audit policy can write bodies of {string.Join(", ", bodies.Select(each => $"{each.Resource} ({each.Level})"))}: secrets would lie in a bucket from which nobody can delete them.", "Put a rule of level Metadata for these before all others: see config/audit-policy.yaml.");
    }

    private static Diagnosis Mode(Node node, ApiServer server) => server.Flags.GetValueOrDefault("audit-log-mode", "blocking") switch
    {
        "batch" => Diagnosis.Problem(CheckId.AuditMode, "--audit-log-mode=batch keeps records in memory: they are lost in a crash, and dropped when the buffer is full.", "Set --audit-log-mode=blocking, or blocking-strict."),
        "blocking-strict" when server.PolicyFile is { } path && node.TryRead(server.OnHost(path)) is { } text && AuditPolicy.TryParse(text) is { OmitsRequestReceived: true } =>
            Diagnosis.Warning(CheckId.AuditMode, "--audit-log-mode=blocking-strict does nothing here: it acts at the stage RequestReceived, which the audit policy omits.", "Remove RequestReceived from the policy's omitStages, or be content with blocking."),
        "blocking-strict" => Diagnosis.Good(CheckId.AuditMode, "--audit-log-mode=blocking-strict: a request whose RequestReceived record cannot be written fails."),
        var mode => Diagnosis.Good(CheckId.AuditMode, $"--audit-log-mode={mode}: a request is answered after its record was written."),
    };
}
