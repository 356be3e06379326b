using System.Text;

namespace Sealtail.Tests.Faults;

/// <summary>
/// The log's files as a power cut may leave them. kube-apiserver syncs nothing: the newest bytes may be missing or zeros, and a rotation may not have
/// happened. Files keep their inodes: each has a second name outside of the log's directory.
/// </summary>
internal sealed class SourceDisk
{
    private readonly string logs;
    private readonly string vault;
    private readonly List<string> known = [];

    public SourceDisk(Node node)
    {
        logs = node.Logs;
        vault = Directory.CreateDirectory(Path.Combine(node.Root, "vault")).FullName;
    }

    /// <summary>The files in the log's directory, by name, as they are now.</summary>
    public SourceMoment Look()
    {
        var files = new List<SourceMoment.Entry>();
        foreach (var path in Directory.GetFiles(logs).Order(StringComparer.Ordinal)) // backups by age, the live one last
        {
            var bytes = File.ReadAllBytes(path);
            files.Add(new SourceMoment.Entry(Path.GetFileName(path), Keep(path), bytes));
        }

        return new SourceMoment(files);
    }

    /// <summary>Puts the directory back into the state, with the same inodes.</summary>
    public void Restore(SourceMoment moment)
    {
        foreach (var path in Directory.GetFiles(logs)) File.Delete(path);
        foreach (var (name, file, bytes) in moment.Files)
        {
            using (var stream = new FileStream(Path.Combine(vault, file), FileMode.Open, FileAccess.Write))
            {
                stream.Write(bytes);
                stream.SetLength(bytes.Length);
            }

            Sealtail.Files.LibC.TryLink(Path.Combine(vault, file), Path.Combine(logs, name));
        }
    }

    // The second name; made when the file is first seen.
    private string Keep(string path)
    {
        var identity = IdentityOf(path);
        var name = known.Find(file => IdentityOf(Path.Combine(vault, file)) == identity);
        if (name is not null) return name;
        name = $"{known.Count}";
        Sealtail.Files.LibC.TryLink(path, Path.Combine(vault, name));
        known.Add(name);
        return name;
    }

    private static Sealtail.Files.FileIdentity IdentityOf(string path)
    {
        Sealtail.Files.LibC.TryStat(path, out var facts);
        return facts.Identity;
    }
}

/// <summary>The log's files at one moment, oldest first.</summary>
internal sealed record SourceMoment(IReadOnlyList<SourceMoment.Entry> Files)
{
    /// <summary>One of the states that a power cut may leave; this one itself in half of the cases.</summary>
    public SourceMoment After(Random random, out bool isRolledBack)
    {
        isRolledBack = false;
        var files = Files.ToList();
        if (files.Count == 0 || random.Next(2) == 0) return this;
        isRolledBack = true;
        // The last rotation was not durable: the newest file never was, and the one before still has its old name.
        if (files.Count > 1 && random.Next(3) == 0)
        {
            files.RemoveAt(files.Count - 1);
            files[^1] = files[^1] with { Name = "audit.log" };
        }

        var (name, file, bytes) = files[^1];
        var kept = random.Next(bytes.Length + 1);
        var zeroed = random.Next(3) == 0; // the length was durable, the bytes were not
        var after = zeroed ? [.. bytes[..kept], .. new byte[bytes.Length - kept]] : bytes[..kept];
        files[^1] = new Entry(name, file, after);
        return new SourceMoment(files);
    }

    public override string ToString() => string.Join(", ", Files.Select(file => $"{file.Name} {file.Bytes.Length}{(file.Bytes.AsSpan().TrimEnd((byte)0).Length < file.Bytes.Length ? " with zeros" : "")}"));

    public string Digest => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.Latin1.GetBytes(string.Concat(Files.Select(file => $"{file.Name}:{file.Bytes.Length}:{Encoding.Latin1.GetString(file.Bytes)}")))));

    internal readonly record struct Entry(string Name, string File, byte[] Bytes);
}
