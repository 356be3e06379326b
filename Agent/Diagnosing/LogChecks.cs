using System.IO.Enumeration;
using Sealtail.Files;

namespace Sealtail.Diagnosing;

/// <summary>The log itself: there, readable, seen with its directory, and rotated by nobody but kube-apiserver.</summary>
internal static class LogChecks
{
    public static IEnumerable<Diagnosis> Of(Node node, string path)
    {
        yield return Readable(node, path);
        if (node.TryRead("/proc/self/mountinfo") is not { } mounts)
            yield return Diagnosis.Unknown(CheckId.LogMountedAlone, "/proc/self/mountinfo cannot be read, so whether the log is mounted alone is not known.");
        else if (new MountTable(mounts).IsMountPoint(node.PathOf(path)))
            yield return Diagnosis.Problem(CheckId.LogMountedAlone, $"{path} is mounted alone: after a rotation it stays the old file for ever, and what is written then is never seen.", $"Mount the directory {Path.GetDirectoryName(path)}.");
        else yield return Diagnosis.Good(CheckId.LogMountedAlone, $"{path} is seen with its directory.");

        yield return SecondRotator(node, path);
    }

    private static Diagnosis Readable(Node node, string path)
    {
        var outcome = LibC.TryOpen(node.PathOf(path), out var file);
        file?.Dispose();
        return outcome switch
        {
            FileAccessOutcome.Done => Diagnosis.Good(CheckId.Log, $"{path} can be read."),
            FileAccessOutcome.Missing => Diagnosis.Problem(CheckId.Log, $"{path} does not exist.", "Compare it with kube-apiserver's --audit-log-path; without --audit-policy-file kube-apiserver writes none."),
            _ => Diagnosis.Problem(CheckId.Log, $"{path} cannot be read by this user.", "Run as the agent does: as root, or with CAP_DAC_READ_SEARCH."),
        };
    }

    private static Diagnosis SecondRotator(Node node, string path)
    {
        foreach (var file in node.NamesIn("/etc/logrotate.d").Select(name => $"/etc/logrotate.d/{name}").Prepend("/etc/logrotate.conf"))
        {
            if (node.TryRead(file) is not { } text || !PatternsOf(text).Any(pattern => Covers(pattern, path))) continue;
            return Diagnosis.Problem(CheckId.SecondRotator, $"{file} makes logrotate rotate {path} too: its copies have names that are not the apiserver's, and with copytruncate what is written meanwhile is lost.", $"Take the path out of {file}; kube-apiserver rotates its log itself.");
        }

        return Diagnosis.Good(CheckId.SecondRotator, "logrotate does not touch it.");
    }

    // Outside of braces stand the paths, and a few directives, which begin with a letter.
    private static IEnumerable<string> PatternsOf(string text)
    {
        var depth = 0;
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => !line.StartsWith('#')))
        {
            if (depth == 0)
                foreach (var word in line.Split('{')[0].Split(' ', '\t').Select(word => word.Trim('"', '\'')).Where(word => word.StartsWith('/')))
                    yield return word;
            depth = Math.Max(0, depth + line.Count(c => c == '{') - line.Count(c => c == '}'));
        }
    }

    // A star does not cross a slash.
    private static bool Covers(string pattern, string path)
    {
        var (patterns, names) = (pattern.Split('/'), path.Split('/'));
        return patterns.Length == names.Length && patterns.Zip(names).All(pair => pair.First == pair.Second || FileSystemName.MatchesSimpleExpression(pair.First, pair.Second, ignoreCase: false));
    }
}
