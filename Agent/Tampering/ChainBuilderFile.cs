using Sealtail.Format;

namespace Sealtail.Tampering;

/// <summary>A log file as <see cref="ChainBuilder"/> reads it: a number of its lineage, bytes, and how far they are read.</summary>
internal sealed class ChainBuilderFile(long number)
{
    public long Number { get; } = number;

    public long? Continues { get; init; }

    public string Path { get; init; } = "/var/log/kubernetes/audit.log";

    public ulong Device { get; init; } = 2049;

    public ulong Inode { get; init; } = 131_000;

    public List<byte> Bytes { get; init; } = [];

    public long Position { get; set; }

    public Fingerprint Fingerprint => Fingerprint.Of(Bytes.Take(Fingerprint.MaxBytes).ToArray());

    /// <summary>The same bytes under another number, as a lineage that lost its state or a late writer's file has them.</summary>
    public ChainBuilderFile As(long number, long position = 0, long? continues = null) =>
        new(number) { Continues = continues, Path = Path, Device = Device, Inode = Inode, Bytes = [.. Bytes], Position = position };

    public SourceRange Range(long from, long to, bool final = false) => new()
    {
        File = Number,
        Continues = Continues,
        Path = Path,
        Device = Device,
        Inode = Inode,
        Fingerprint = Fingerprint,
        From = from,
        To = to,
        Final = final,
    };
}
