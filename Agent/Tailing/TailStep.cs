using Sealtail.Format;

namespace Sealtail.Tailing;

internal enum TailStepKind
{
    /// <summary>Nothing to take now: every file known was looked at, and the rest is at most a line without LF in the live file.</summary>
    Idle,

    /// <summary>Bytes of <see cref="TailStep.File"/>, directly after what was taken of it before.</summary>
    Bytes,

    /// <summary><see cref="TailStep.File"/> is final: all its bytes were taken.</summary>
    FileEnd,

    /// <summary>Bytes that are lost, or may be: to be declared in the chain before anything read after them.</summary>
    Gap,
}

/// <summary>
/// What the reader hands out next. It stays the next one until <see cref="Tailer.Advance"/> takes it. Bytes are whole records, or a piece of one
/// long record: then <see cref="RecordContinues"/> says that more of it follows in the same file, for certain.
/// </summary>
internal readonly struct TailStep
{
    public required TailStepKind Kind { get; init; }

    /// <summary>Kind Bytes and FileEnd: the file.</summary>
    public TailedFile? File { get; init; }

    /// <summary>Kind Bytes and FileEnd: the offset in <see cref="File"/> of the first byte, or of the end. It differs from where the file's bytes were
    /// last taken to only behind a gap.</summary>
    public long From { get; init; }

    /// <summary>Kind Bytes: the array that <see cref="Start"/> and <see cref="Length"/> cut the bytes from. It is lent for reading until the next call to the
    /// reader.</summary>
    public byte[]? Buffer { get; init; }

    public int Start { get; init; }

    public int Length { get; init; }

    /// <summary>Kind Bytes: the last byte is not the end of its record. Otherwise it ends with LF, or is the end of a final file. If the file is truncated
    /// under the reader, a gap comes in place of the rest: the record ends there, without LF.</summary>
    public bool RecordContinues { get; init; }

    /// <summary>Kind Bytes, at the first piece of a long record: how long it is, if known.</summary>
    public long? RecordLength { get; init; }

    public Gap? Gap { get; init; }
}
