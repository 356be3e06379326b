using System.Globalization;

namespace Sealtail.Diagnosing;

/// <summary>What is known of kube-apiserver on this node, and from where.</summary>
internal sealed record ApiServer
{
    /// <summary>Where its arguments were found, as a person names it: a process, a manifest, a configuration file.</summary>
    public required string FoundIn { get; init; }

    /// <summary>Arguments without their dashes; the last of equal ones counts.</summary>
    public required IReadOnlyDictionary<string, string> Flags { get; init; }

    /// <summary>Mounts in its own namespace; null if there is no process, or it may not be looked at.</summary>
    public MountTable? Mounts { get; init; }

    /// <summary>Host paths by where its manifest mounts them; empty if there is no manifest.</summary>
    public IReadOnlyDictionary<string, string> HostPaths { get; init; } = new Dictionary<string, string>();

    /// <summary>Minor version (36 of 1.36.2), if its image tells it.</summary>
    public int? Minor { get; init; }

    public string? AuditLogPath => Flags.GetValueOrDefault("audit-log-path");

    public string? PolicyFile => Flags.GetValueOrDefault("audit-policy-file");

    /// <summary>An operator hands it a configuration file in place of arguments (OpenShift).</summary>
    public bool IsConfiguredByFile => Flags.ContainsKey("openshift-config");

    public int? Number(string flag) => int.TryParse(Flags.GetValueOrDefault(flag), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The node's path of what the process calls <paramref name="path"/>; the same one if no manifest says otherwise.</summary>
    public string OnHost(string path)
    {
        var mount = HostPaths.Keys.Where(point => path == point || path.StartsWith(point.TrimEnd('/') + "/", StringComparison.Ordinal)).MaxBy(point => point.Length);
        return mount is null ? path : HostPaths[mount].TrimEnd('/') + path[mount.TrimEnd('/').Length..];
    }
}
