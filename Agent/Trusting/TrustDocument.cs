using System.Text;
using Sealtail.Configuration;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Trusting;

/// <summary>What <c>verify --trust</c> takes: a trust policy in YAML, or a file of trust lines. Which of the two it is, the first line tells.</summary>
internal static class TrustDocument
{
    /// <summary>Reads the file and holds it against the pinned hash, if there is one.</summary>
    /// <exception cref="TrustException">The file is another than pinned, cannot be read, or is wrong: all errors are listed, each with its place.</exception>
    public static TrustPolicy Read(string path, Digest? pinned)
    {
        var bytes = TrustFile.ReadBytes(path);
        var sha256 = Digest.Of(bytes);
        if (pinned is { } expected && sha256 != expected)
            throw new TrustException($"{path} has SHA-256 {sha256}, not the pinned {expected}: it is another file, or it was changed.");
        return IsPolicy(bytes) ? TrustPolicyReader.Parse(bytes, path, sha256) : new TrustPolicy(TrustFile.Parse(Encoding.UTF8.GetString(bytes), path)) { File = (path, sha256) };
    }

    // A trust line begins with a stream's pattern, which can hold no colon; a policy begins with a key, which ends in one.
    private static bool IsPolicy(byte[] bytes)
    {
        foreach (var line in Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Split('\n'))
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#') continue;
            return text == "---" || text[0] == '{' || text.Split(' ', '\t')[0].Contains(':', StringComparison.Ordinal);
        }

        return false;
    }
}
