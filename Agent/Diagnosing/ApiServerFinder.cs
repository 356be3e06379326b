using System.Globalization;
using System.Text.RegularExpressions;
using Sealtail.Configuration;

namespace Sealtail.Diagnosing;

/// <summary>Looks for kube-apiserver where distributions run it: as a process, as a static pod, inside k3s.</summary>
internal static partial class ApiServerFinder
{
    private static readonly string[] Manifests =
    [
        "/etc/kubernetes/manifests/kube-apiserver.yaml", // kubeadm, Kubespray
        "/etc/kubernetes/manifests/kube-apiserver.manifest", // kOps
        "/var/lib/rancher/rke2/agent/pod-manifests/kube-apiserver.yaml",
        "/etc/kubernetes/manifests/kube-apiserver-pod.yaml", // OpenShift
    ];

    private static readonly string[] EmbeddingConfigurations = ["/etc/rancher/k3s/config.yaml", "/etc/rancher/rke2/config.yaml"];

    /// <returns>What was found; the process's own arguments count before those of files. Null if there is no trace of it.</returns>
    public static ApiServer? Find(Node node)
    {
        var manifest = Manifests.Select(path => (Path: path, Text: node.TryRead(path))).FirstOrDefault(file => file.Text is not null);
        var pod = manifest.Text is null ? null : FromManifest(manifest.Path, manifest.Text);
        if (FromProcesses(node) is { } process) return process with { HostPaths = pod?.HostPaths ?? process.HostPaths, Minor = pod?.Minor };
        return pod ?? FromEmbedding(node);
    }

    private static ApiServer? FromProcesses(Node node)
    {
        foreach (var pid in node.NamesIn("/proc").Where(name => name.All(char.IsAsciiDigit)))
        {
            if (node.TryRead($"/proc/{pid}/cmdline") is not { Length: > 0 } line) continue;
            var arguments = line.TrimEnd('\0').Split('\0');
            var own = Path.GetFileName(arguments[0]) == "kube-apiserver" || arguments.Skip(1).Take(1).Contains("kube-apiserver");
            var embedded = !own && Path.GetFileName(arguments[0]) is "k3s" or "k3s-server" && arguments.Contains("server");
            var flags = own ? Flags(arguments) : embedded ? EmbeddedFlags(arguments) : null;
            if (flags is null || (embedded && flags.Count == 0)) continue;
            var mounts = node.TryRead($"/proc/{pid}/mountinfo");
            return new ApiServer { FoundIn = $"process {pid}", Flags = flags, Mounts = mounts is null ? null : new MountTable(mounts) };
        }

        return null;
    }

    private static ApiServer? FromManifest(string path, string text)
    {
        if (YamlReader.Read(text, new ConfigurationErrors(path)) is not { } root) return null;
        var spec = root.Member("spec");
        var container = spec.Member("containers").Items() is [var first, ..] ? first : null;
        var arguments = container.Member("command").Texts().Concat(container.Member("args").Texts()).SelectMany(Words);
        var volumes = spec.Member("volumes").Items()
            .Where(volume => volume.Member("hostPath").Member("path") is YamlScalar)
            .ToLookup(volume => volume.Member("name").Text(), volume => volume.Member("hostPath").Member("path").Text());
        return new ApiServer
        {
            FoundIn = path,
            Flags = Flags(arguments),
            HostPaths = container.Member("volumeMounts").Items()
                .Where(mount => volumes.Contains(mount.Member("name").Text()))
                .GroupBy(mount => mount.Member("mountPath").Text())
                .ToDictionary(mount => mount.Key, mount => volumes[mount.First().Member("name").Text()].First()),
            Minor = MinorOf(container.Member("image").Text()),
        };
    }

    // Its arguments stand in the configuration of the program that it is part of, or that makes its manifest.
    private static ApiServer? FromEmbedding(Node node)
    {
        foreach (var path in EmbeddingConfigurations)
        {
            var files = node.NamesIn(path + ".d").Where(name => name.EndsWith(".yaml", StringComparison.Ordinal)).Select(name => $"{path}.d/{name}").Prepend(path);
            var arguments = files.Select(file => (File: file, Text: node.TryRead(file)))
                .Where(file => file.Text is not null)
                .SelectMany(file => YamlReader.Read(file.Text!, new ConfigurationErrors(file.File)).Member("kube-apiserver-arg").Texts()) // not null: filtered
                .Select(argument => "--" + argument)
                .ToArray();
            if (arguments.Length > 0) return new ApiServer { FoundIn = path, Flags = Flags(arguments) };
        }

        return null;
    }

    internal static Dictionary<string, string> Flags(IEnumerable<string> arguments)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        string? open = null;
        foreach (var argument in arguments)
        {
            if (argument.StartsWith('-') && argument.TrimStart('-') is { Length: > 0 } name)
            {
                var equals = name.IndexOf('=', StringComparison.Ordinal);
                open = equals < 0 ? name : null;
                flags[equals < 0 ? name : name[..equals]] = equals < 0 ? "true" : name[(equals + 1)..];
            }
            else if (open is not null)
            {
                (flags[open], open) = (argument, null);
            }
        }

        return flags;
    }

    private static Dictionary<string, string> EmbeddedFlags(string[] arguments)
    {
        const string option = "--kube-apiserver-arg";
        var own = arguments.Where(argument => argument.StartsWith(option + "=", StringComparison.Ordinal)).Select(argument => argument[(option.Length + 1)..])
            .Concat(arguments.Zip(arguments.Skip(1)).Where(pair => pair.First == option).Select(pair => pair.Second));
        return Flags(own.Select(argument => "--" + argument.TrimStart('-')));
    }

    // kOps writes the whole command as one shell line.
    private static IEnumerable<string> Words(string argument) =>
        argument.Contains(" --", StringComparison.Ordinal) ? argument.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [argument];

    private static int? MinorOf(string image) =>
        Version().Match(image) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@":v1\.([0-9]{1,3})\.")]
    private static partial Regex Version();
}
