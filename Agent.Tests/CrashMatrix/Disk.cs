using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sealtail.Files;

namespace Sealtail.Tests.CrashMatrix;

/// <summary>How a run ends before its time.</summary>
internal enum Ending
{
    /// <summary>The process dies: every write made so far stays.</summary>
    Kill,

    /// <summary>The power goes: of file contents only what was synced stays, of names only what a directory sync covered.</summary>
    PowerCut,

    /// <summary>The power goes during the step: of the chain file's last write only the first half reached the disk.</summary>
    TornWrite,
}

/// <summary>Thrown from the hook: nothing in the program may catch it.</summary>
internal sealed class CrashException(string where) : Exception(where);

/// <summary>
/// Watches every durable step of one run on a directory, and ends the run at a chosen one. Keeps beside the directory what a power cut would leave
/// in the worst case, by inode, so that renames carry synced content along.
/// </summary>
internal sealed partial class Disk
{
    private readonly string directory;
    private readonly Ending ending;
    private readonly int crashAt;
    private readonly Dictionary<ulong, int> fileOf = [];       // inode to the file that has it now
    private readonly Dictionary<int, byte[]> durableBytes = []; // per file
    private readonly Dictionary<string, byte[]> beforeWrite = [];
    private Dictionary<string, int> durableNames;
    private int files;
    private bool crashed;

    /// <param name="crashAt">The point, counted from 1: each step has one before it and one after it. 0: never.</param>
    public Disk(string directory, Ending ending, int crashAt = 0)
    {
        (this.directory, this.ending, this.crashAt) = (directory, ending, crashAt);
        durableNames = ending == Ending.PowerCut ? Names() : [];
        foreach (var (name, file) in durableNames) durableBytes[file] = File.ReadAllBytes(Path.Combine(directory, name));
    }

    public int Points { get; private set; }

    public string Where { get; private set; } = "nowhere";

    public void Hook(DurableStep step, bool after, string path)
    {
        if (crashed) throw new CrashException("already crashed"); // a dead process does nothing more
        if (ending == Ending.PowerCut && after) Apply(step, path);
        if (ending == Ending.TornWrite && step == DurableStep.Write && !after) beforeWrite[path] = File.ReadAllBytes(path);
        if (ending == Ending.TornWrite && step == DurableStep.Sync && after) beforeWrite.Remove(path);
        if (++Points != crashAt) return;
        crashed = true;
        Where = $"{(after ? "after" : "before")} {step} {Path.GetFileName(path)} (point {Points})";
        throw new CrashException(Where);
    }

    /// <summary>Leaves in the directory what such an end leaves.</summary>
    public void End()
    {
        if (ending == Ending.Kill || !Directory.Exists(directory)) return;
        if (ending == Ending.TornWrite)
        {
            foreach (var (path, before) in beforeWrite)
                if (File.Exists(path))
                    File.WriteAllBytes(path, Tear(before, File.ReadAllBytes(path)));
            return;
        }

        foreach (var path in Directory.GetFiles(directory).Where(path => Path.GetFileName(path) != "lock")) File.Delete(path);
        foreach (var (name, file) in durableNames.Where(item => item.Key != "lock"))
            File.WriteAllBytes(Path.Combine(directory, name), durableBytes.GetValueOrDefault(file) ?? []);
    }

    private void Apply(DurableStep step, string path)
    {
        switch (step)
        {
            case DurableStep.Open when new FileInfo(path).Length == 0:
                fileOf[Inode(path)] = ++files; // a new file, even if the inode's number was used before
                break;
            case DurableStep.Sync:
                durableBytes[FileAt(path)] = File.ReadAllBytes(path);
                break;
            case DurableStep.SyncDirectory when path == directory:
                durableNames = Names();
                break;
        }
    }

    private Dictionary<string, int> Names() =>
        Directory.Exists(directory) ? Directory.GetFiles(directory).ToDictionary(path => Path.GetFileName(path), FileAt) : [];

    private int FileAt(string path)
    {
        var inode = Inode(path);
        return fileOf.TryGetValue(inode, out var file) ? file : fileOf[inode] = ++files;
    }

    // What differs is what was being written; its second half did not arrive.
    private static byte[] Tear(byte[] before, byte[] after)
    {
        var first = before.AsSpan().CommonPrefixLength(after);
        var last = after.Length;
        while (last > first && last <= before.Length && before[last - 1] == after[last - 1]) last--;
        var middle = first + ((last - first) / 2);
        return [.. after.AsSpan(0, middle), .. before.Length > middle ? before.AsSpan(middle, Math.Min(before.Length, after.Length) - middle) : []];
    }

    private static ulong Inode(string path)
    {
        Span<byte> status = stackalloc byte[256];
        if (Stat(path, ref MemoryMarshal.GetReference(status)) != 0) throw new IOException($"Cannot stat {path}.");
        return BinaryPrimitives.ReadUInt64LittleEndian(status[8..]); // st_ino, on every 64-bit Linux
    }

    [LibraryImport("libc", EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, ref byte status);
}
