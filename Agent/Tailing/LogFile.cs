using Microsoft.Win32.SafeHandles;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>One file on disk, plain or compressed, under whatever name it has now, and how far it was taken.</summary>
internal sealed class LogFile(FileIdentity identity, string path, string? stem, bool compressed) : IDisposable
{
    private const string Unlinked = " (deleted)"; // what proc(5) adds

    private SafeFileHandle? handle;
    private byte[] beginning = []; // of a file given up: its end is still to be stated, with a fingerprint

    /// <summary>Counts the files of a run in reading order.</summary>
    public long Order { get; set; }

    public FileIdentity Identity { get; private set; } = identity;

    public string Path { get; private set; } = path;

    /// <summary>The time in its backup name; null while it is live, or was never seen as a backup.</summary>
    public string? Stem { get; private set; } = stem;

    /// <summary>Whether the descriptor, or else the name, leads to the compressed bytes.</summary>
    public bool Compressed { get; private set; } = compressed;

    /// <summary>The facts under which it was last recognised while not held; null: to be compared anew.</summary>
    public FileFacts? Seen { get; set; }

    /// <summary>Uncompressed bytes known to be there: exact for a plain file that is held, an estimate for a compressed one.</summary>
    public long Size { get; set; }

    /// <summary>Whether the last listing showed it, as the live file or as a backup.</summary>
    public bool IsListed { get; set; }

    public bool IsLive { get; set; }

    /// <summary>The last attempt to open it was refused.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Its last late bytes were asked for; once committed, its descriptor can go.</summary>
    public bool IsRetired { get; set; }

    /// <summary>No line feed between the position and here.</summary>
    public long Scanned { get; set; }

    /// <summary>Under these facts a compressed file was found not to be whole; null if it never was.</summary>
    public FileFacts? Unsound { get; set; }

    /// <summary>Its descriptor was given up for want of room when the file had this many bytes and no name.</summary>
    public long? ReleasedAt { get; private set; }

    /// <summary>Bytes of it that the lag counts while it waits.</summary>
    public long Waiting { get; set; }

    public bool IsTouched { get; set; }

    public Progress Now { get; set; }

    public Progress Captured { get; set; }

    public Progress Committed { get; set; }

    public LogContent? Content { get; private set; }

    public bool IsHeld => handle is not null;

    /// <summary>As if it had always been so: what no abandoned chunk undoes.</summary>
    public void Establish(Progress progress) => Now = Captured = Committed = progress;

    /// <summary>Opens the descriptor if it is not held yet. False: missing, refused, or another file has the name.</summary>
    public bool TryHold()
    {
        if (handle is not null) return true;
        var outcome = LibC.TryOpen(Path, out var opened);
        IsRefused = outcome == FileAccessOutcome.Refused;
        if (opened is not null && LibC.Stat(opened, Path).Identity == Identity) Adopt(opened);
        else opened?.Dispose();
        return handle is not null;
    }

    /// <summary>Takes over a descriptor of this very file.</summary>
    public void Adopt(SafeFileHandle opened)
    {
        handle = opened;
        IsRefused = false;
        Size = Compressed ? GzipContent.StatedLength(opened, Path) ?? 0 : LibC.Stat(opened, Path).Size;
    }

    /// <summary>Makes the bytes readable; null if a compressed file is not whole. It must be held.</summary>
    public LogContent? OpenContent()
    {
        Content ??= Compressed ? GzipContent.TryOpen(handle!, Path) : new PlainContent(handle!, Path); // held, says the contract
        if (Content is GzipContent) Size = Content.Size;
        return Content;
    }

    public FileFacts? Facts => handle is null ? null : LibC.Stat(handle, Path);

    /// <summary>The name that it has, or had when it was unlinked, without its directory; empty if it is not held or nobody can say.</summary>
    public ReadOnlySpan<char> LastName
    {
        get
        {
            if (handle is null) return "";
            var link = new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget.AsSpan();
            return System.IO.Path.GetFileName(link.EndsWith(Unlinked) ? link[..^Unlinked.Length] : link);
        }
    }

    public int ReadHead(Span<byte> buffer)
    {
        if (Content is not null) return Content.ReadHead(buffer);
        if (handle is not null) return Compressed ? GzipContent.ReadHead(handle, buffer) : new PlainContent(handle, Path).ReadHead(buffer);
        beginning.AsSpan(0, Math.Min(beginning.Length, buffer.Length)).CopyTo(buffer);
        return Math.Min(beginning.Length, buffer.Length);
    }

    /// <summary>It has this name now. What is held stays held: a plain file's descriptor is good also when only its compressed copy has a name.</summary>
    public void Appear(Candidate found)
    {
        (IsListed, IsLive) = (true, found.Stem is null);
        if (found.Stem is { } name) Stem = name;
        if (!IsHeld) (Identity, Compressed, Seen) = (found.Facts.Identity, found.Compressed, found.Facts);
        if (!IsHeld && found.Size is { } size) Size = size;
        Path = found.Path;
        if (!IsHeld && !Now.Ended && found.TakeHandle() is { } opened) Adopt(opened);
        if (Now.Number is { } number) number.Path = Path;
    }

    /// <summary>Its compressed copy stands in the directory for it.</summary>
    public void TakeNameOf(LogFile copy) => (IsListed, Stem, Path) = (copy.IsListed, copy.Stem, copy.Path);

    /// <summary>Gives the descriptor of an unlinked file up: the rest of it is lost.</summary>
    public void GiveUp()
    {
        Span<byte> head = stackalloc byte[Fingerprint.MaxBytes];
        (beginning, ReleasedAt) = (head[..ReadHead(head)].ToArray(), Size);
        Dispose();
    }

    /// <summary>Gives the descriptor back. What was taken of it stays known.</summary>
    public void Release()
    {
        Now.Number?.Close();
        Dispose();
    }

    public void Dispose()
    {
        Content?.Dispose();
        handle?.Dispose();
        (Content, handle) = (null, null);
    }
}
