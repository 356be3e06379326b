using System.Diagnostics.CodeAnalysis;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>
/// One file number of the lineage. It remembers the beginning of what was taken, so that its fingerprint stays true after the file was
/// truncated, replaced or released.
/// </summary>
internal sealed class NumberedFile : TailedFile
{
    private byte[] head = [];
    private Fingerprint? whole;

    [SetsRequiredMembers]
    public NumberedFile(long number, NumberedFile? continues, LogFile source)
    {
        (Number, Continues, Source) = (number, continues?.Number, source);
        (Device, Inode, Path) = (source.Identity.Device, source.Identity.Inode, source.Path);
        (head, whole) = (continues?.head ?? [], continues?.whole);
    }

    /// <summary>As it was recorded in a state.</summary>
    [SetsRequiredMembers]
    public NumberedFile(long number, long? continues, LogFile source, Fingerprint fingerprint)
    {
        (Number, Continues, Source) = (number, continues, source);
        (Device, Inode, Path) = (source.Identity.Device, source.Identity.Inode, source.Path);
        whole = fingerprint;
    }

    [SetsRequiredMembers]
    private NumberedFile(NumberedFile same)
    {
        (Number, Continues, Source) = (same.Number, same.Continues, same.Source);
        (Device, Inode, Path) = (same.Device, same.Inode, same.Path);
        (head, whole) = (same.head, same.whole);
    }

    public LogFile Source { get; }

    public override Fingerprint TakeFingerprint()
    {
        if (whole is { Bytes: Fingerprint.MaxBytes } complete) return complete;
        Span<byte> buffer = stackalloc byte[Fingerprint.MaxBytes];
        var now = buffer[..Source.ReadHead(buffer)];
        var isSame = whole is { } recorded ? now.Length >= recorded.Bytes && Fingerprint.Of(now[..recorded.Bytes]) == recorded : now.StartsWith(head);
        if (!isSame) return whole ?? Fingerprint.Of(head);
        var fingerprint = Fingerprint.Of(now);
        if (fingerprint.Bytes == Fingerprint.MaxBytes) whole = fingerprint;
        return fingerprint;
    }

    /// <summary>Told of all bytes taken, those before the first KiB's end count.</summary>
    public void Take(ReadOnlySpan<byte> bytes, long from)
    {
        if (whole is { Bytes: Fingerprint.MaxBytes } || from >= Fingerprint.MaxBytes) return;
        whole = null;
        var length = (int)Math.Min(Fingerprint.MaxBytes - from, bytes.Length);
        Array.Resize(ref head, (int)from + length);
        bytes[..length].CopyTo(head.AsSpan((int)from));
        if (head.Length == Fingerprint.MaxBytes) whole = Fingerprint.Of(head);
    }

    /// <summary>The bytes before <paramref name="position"/>, read again when reading resumes there.</summary>
    public void Resume(ReadOnlySpan<byte> before) => (head, whole) = (before.ToArray(), null);

    /// <summary>The same number, to be resumed at an earlier position: ranges that were taken keep the fingerprint of all that was taken.</summary>
    public NumberedFile Copy() => new(this);

    /// <summary>Nothing more is taken under this number, so the beginning need not be kept but for its hash.</summary>
    public void Close()
    {
        whole = TakeFingerprint();
        head = [];
    }
}
