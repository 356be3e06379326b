using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sealtail.Files;

namespace Sealtail.Tests.Faults;

/// <summary>What a directory held at one moment, as a power cut may find it: what is durable, and what was done since and not synced.</summary>
internal sealed class DiskMoment(IReadOnlyDictionary<string, DiskFile> names, IReadOnlyList<DiskNameChange> changes, string where)
{
    private const int Sector = 512;
    private const int Page = 4096;

    public string Where => where;

    /// <summary>
    /// One of the states that the disk may be in once power is back. Changes of names that no directory sync covered are there or not, each for itself;
    /// writes that no sync covered are there, are missing, or are torn at sectors or pages, each of which has new bytes, old bytes or zeros.
    /// </summary>
    public SortedDictionary<string, byte[]> After(Random random)
    {
        var files = new SortedDictionary<string, DiskFile>(names.ToDictionary(), StringComparer.Ordinal);
        var mode = random.Next(4);
        var kept = random.Next(changes.Count + 1);
        for (var i = 0; i < changes.Count; i++)
            if (mode == 0 || (mode == 1 && i < kept) || (mode == 2 && random.Next(2) == 0))
                changes[i].Apply(files);

        return new SortedDictionary<string, byte[]>(files.ToDictionary(item => item.Key, item => Content(item.Value, random)), StringComparer.Ordinal);
    }

    private static byte[] Content(DiskFile file, Random random)
    {
        if (file.Writes.Count == 0) return file.Durable;
        var bytes = file.Durable;
        var mode = random.Next(5);
        var kept = random.Next(file.Writes.Count + 1);
        for (var i = 0; i < file.Writes.Count; i++)
        {
            if (mode == 0 || (mode == 1 && i < kept)) bytes = Written(bytes, file.Writes[i], 0, file.Writes[i].Bytes.Length);
            else if (mode >= 2) bytes = Torn(bytes, file.Writes[i], mode == 2 ? Page : Sector, random);
        }

        return bytes;
    }

    // Block by block, as they lie on the disk; a length that was raised for a later block shows zeros where an earlier one is missing.
    private static byte[] Torn(byte[] bytes, DiskWrite write, int block, Random random)
    {
        for (var at = 0; at < write.Bytes.Length;)
        {
            var length = (int)Math.Min(write.Bytes.Length - at, block - ((write.Offset + at) % block));
            switch (random.Next(3))
            {
                case 0: bytes = Written(bytes, write, at, length); break;
                case 1 when write.Offset + at >= bytes.Length: bytes = Written(bytes, new DiskWrite(write.Offset + at, new byte[length]), 0, length); break;
            }

            at += length;
        }

        return bytes;
    }

    private static byte[] Written(byte[] bytes, DiskWrite write, int from, int length)
    {
        var end = (int)write.Offset + from + length;
        var result = new byte[Math.Max(bytes.Length, end)];
        bytes.CopyTo(result, 0);
        write.Bytes.AsSpan(from, length).CopyTo(result.AsSpan((int)write.Offset + from));
        return result;
    }
}

/// <summary>A write that no sync covers yet.</summary>
internal readonly record struct DiskWrite(long Offset, byte[] Bytes);

/// <summary>A file's durable bytes, and the writes since. Immutable.</summary>
internal sealed record DiskFile(int Id, byte[] Durable, IReadOnlyList<DiskWrite> Writes);

/// <summary>A name given to a file, taken from one, or moved; not covered by a directory sync yet.</summary>
internal sealed record DiskNameChange(string? Gone, string? Name, DiskFile? File)
{
    public void Apply(SortedDictionary<string, DiskFile> files)
    {
        if (Gone is not null) files.Remove(Gone);
        if (Name is not null && File is not null) files[Name] = File;
    }
}

/// <summary>Watches a directory through the hook and keeps, after every step, the moment in which a power cut would find it.</summary>
internal sealed partial class PowerLossRecorder
{
    private readonly string directory;
    private readonly Func<int, bool> observed;
    private readonly Dictionary<ulong, int> ids = []; // of inodes in use now
    private readonly Dictionary<int, (byte[] Durable, byte[] Now, List<DiskWrite> Writes)> files = [];
    private readonly List<(string? Gone, string? Name, int Id)> changes = [];
    private Dictionary<string, int> durableNames = [];
    private int lastId;

    /// <param name="observed">Told of each moment's number; false: it is not kept.</param>
    public PowerLossRecorder(string directory, Func<int, bool> observed)
    {
        (this.directory, this.observed) = (directory, observed);
        if (!Directory.Exists(directory)) return;
        foreach (var path in Directory.GetFiles(directory).Where(path => Path.GetFileName(path) != "lock"))
        {
            var id = ids[Inode(path)] = ++lastId;
            var bytes = File.ReadAllBytes(path);
            files[id] = (bytes, bytes, []);
            durableNames[Path.GetFileName(path)] = id;
        }
    }

    public List<DiskMoment> Moments { get; } = [];

    public void Hook(DurableStep step, bool after, string path)
    {
        if (after) Apply(step, path);
        else if (step is DurableStep.Unlink && File.Exists(path) && Path.GetDirectoryName(path) == directory) changes.Add((Path.GetFileName(path), null, 0));
        if (after && observed(Moments.Count)) Moments.Add(Moment($"after {step} of {Path.GetFileName(path)}"));
    }

    private void Apply(DurableStep step, string path)
    {
        var name = Path.GetFileName(path);
        if (step == DurableStep.SyncDirectory && path == directory)
        {
            durableNames = Directory.GetFiles(directory).Where(file => Path.GetFileName(file) != "lock").ToDictionary(file => Path.GetFileName(file), IdOf);
            changes.Clear();
            return;
        }

        if (Path.GetDirectoryName(path) != directory) return;
        switch (step)
        {
            case DurableStep.Open when new FileInfo(path).Length == 0:
                ids[Inode(path)] = ++lastId; // a new file, even if the inode's number was used before
                files[lastId] = ([], [], []);
                changes.Add((null, name, lastId));
                break;
            case DurableStep.Write:
                var (durable, before, writes) = files[IdOf(path)];
                var now = File.ReadAllBytes(path);
                if (Difference(before, now) is { } write) writes.Add(write);
                files[IdOf(path)] = (durable, now, writes);
                break;
            case DurableStep.Sync:
                var synced = files[IdOf(path)].Now;
                files[IdOf(path)] = (synced, synced, []);
                break;
            case DurableStep.Rename:
                var id = IdOf(path);
                var old = durableNames.FirstOrDefault(item => item.Value == id).Key ?? changes.FindLast(change => change.Id == id).Name;
                changes.Add((old == name ? null : old, name, id));
                break;
        }
    }

    private DiskMoment Moment(string where)
    {
        var frozen = files.ToDictionary(item => item.Key, item => new DiskFile(item.Key, item.Value.Durable, [.. item.Value.Writes]));
        return new DiskMoment(
            durableNames.ToDictionary(item => item.Key, item => frozen[item.Value]),
            [.. changes.Select(change => new DiskNameChange(change.Gone, change.Name, frozen.GetValueOrDefault(change.Id)))],
            where);
    }

    private static DiskWrite? Difference(byte[] before, byte[] after)
    {
        var first = before.AsSpan().CommonPrefixLength(after);
        if (first == after.Length) return null;
        var last = after.Length;
        while (last > first && last <= before.Length && before[last - 1] == after[last - 1]) last--;
        return new DiskWrite(first, after[first..last]);
    }

    private int IdOf(string path) => ids[Inode(path)];

    private static ulong Inode(string path)
    {
        Span<byte> status = stackalloc byte[256];
        if (Stat(path, ref MemoryMarshal.GetReference(status)) != 0) throw new IOException($"Cannot stat {path}.");
        return BinaryPrimitives.ReadUInt64LittleEndian(status[8..]); // st_ino, on every 64-bit Linux
    }

    /// <summary>Tells states apart.</summary>
    public static string Digest(SortedDictionary<string, byte[]> state, string more)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in state)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}:{bytes.Length}:"));
            hash.AppendData(bytes);
        }

        hash.AppendData(Encoding.UTF8.GetBytes(more));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    [LibraryImport("libc", EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, ref byte status);
}
