using System.Globalization;

namespace Sealtail.Tests.Support;

/// <summary>A control group of the kernel's, version 1 or 2, with limits for one test. Making one needs root, and the controllers.</summary>
internal sealed class ControlGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";
    private const int Period = 100_000; // µs

    private readonly List<string> folders = [];
    private readonly string name = $"sealtail-{Guid.NewGuid():N}";

    private ControlGroup()
    {
    }

    /// <summary>A shell's command that puts the shell into the group.</summary>
    public string Enter => string.Join("; ", folders.Select(folder => $"echo $$ > '{folder}/cgroup.procs'"));

    /// <summary>At most so many bytes, the page cache of its own reads and writes among them; null where groups cannot be made.</summary>
    public static ControlGroup? TryLimitMemory(long bytes) => Try(group => group.Limit("memory", "memory.limit_in_bytes", "memory.max", bytes.ToString(CultureInfo.InvariantCulture)));

    /// <summary>At most that share of one core; null where groups cannot be made.</summary>
    public static ControlGroup? TryLimitCpu(int percent) => Try(group =>
    {
        var quota = Period / 100 * percent;
        group.Limit("cpu", "cpu.cfs_quota_us", "cpu.max", File.Exists($"{Root}/cgroup.controllers") ? $"{quota} {Period}" : $"{quota}");
    });

    /// <summary>Puts a running process into the group.</summary>
    public void Take(int process)
    {
        foreach (var folder in folders) File.WriteAllText(Path.Combine(folder, "cgroup.procs"), $"{process}");
    }

    /// <summary>Lets a process go back to the group above.</summary>
    public void Release(int process)
    {
        foreach (var folder in folders) File.WriteAllText(Path.Combine(Path.GetDirectoryName(folder)!, "cgroup.procs"), $"{process}"); // below the root
    }

    /// <summary>Its processes must have ended.</summary>
    public void Dispose()
    {
        foreach (var folder in folders) Directory.Delete(folder);
    }

    private static ControlGroup? Try(Action<ControlGroup> limit)
    {
        if (!Environment.IsPrivilegedProcess) return null;
        var group = new ControlGroup();
        try
        {
            limit(group);
            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            group.Dispose();
            return null;
        }
    }

    private void Limit(string controller, string first, string second, string value)
    {
        var isSecond = File.Exists($"{Root}/cgroup.controllers");
        if (isSecond) File.WriteAllText($"{Root}/cgroup.subtree_control", $"+{controller}");
        else if (!Directory.Exists($"{Root}/{controller}")) throw new IOException($"There is no controller {controller}.");
        var folder = isSecond ? $"{Root}/{name}" : $"{Root}/{controller}/{name}";
        Directory.CreateDirectory(folder);
        folders.Add(folder);
        File.WriteAllText($"{folder}/{(isSecond ? second : first)}", value);
    }
}
