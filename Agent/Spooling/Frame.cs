using System.Buffers.Binary;
using Sealtail.Format;

namespace Sealtail.Spooling;

internal enum FrameKind : uint { Head = 1, InFlight = 2, Entry = 3 }

/// <summary>
/// The one way in which the spool writes anything it must later trust: magic, kind, version, generation, length, SHA-256 over all of that and
/// the payload. The header is the same in every version, so that an old program knows a newer one's data from damage.
/// </summary>
internal sealed record Frame(FrameKind Kind, uint Version, long Generation, ReadOnlyMemory<byte> Payload)
{
    public const uint CurrentVersion = 1;
    public const int HeaderBytes = HashAt + Digest.Size;
    private const int KindAt = 8;
    private const int VersionAt = 12;
    private const int GenerationAt = 16;
    private const int LengthAt = 24;
    private const int HashAt = 28;

    private static ReadOnlySpan<byte> Magic => "sealtail"u8;

    /// <exception cref="SpoolException">A newer program wrote it.</exception>
    public void RequireKnownVersion(string path)
    {
        if (Version > CurrentVersion)
            throw new SpoolException(SpoolFault.NewerVersion, $"{path} has version {Version}; this program knows {CurrentVersion}. Nothing was changed. Run the newer sealtail again.");
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderBytes + Payload.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(KindAt), (uint)Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(GenerationAt), Generation);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(LengthAt), Payload.Length);
        Payload.Span.CopyTo(bytes.AsSpan(HeaderBytes));
        Digest.Of(bytes).CopyTo(bytes.AsSpan(HashAt)); // over a zero hash
        return bytes;
    }

    /// <summary>The frame that begins at <paramref name="bytes"/>, which may be longer; null if it is damaged in any way or of another kind.</summary>
    public static Frame? Parse(ReadOnlySpan<byte> bytes, FrameKind kind)
    {
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Magic)) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[KindAt..]) != (uint)kind) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[LengthAt..]);
        if (length < 0 || length > bytes.Length - HeaderBytes) return null;

        var copy = bytes[..(HeaderBytes + length)].ToArray();
        var hash = new Digest(copy.AsSpan(HashAt, Digest.Size));
        copy.AsSpan(HashAt, Digest.Size).Clear();
        if (Digest.Of(copy) != hash) return null;
        return new Frame(
            kind,
            BinaryPrimitives.ReadUInt32LittleEndian(copy.AsSpan(VersionAt)),
            BinaryPrimitives.ReadInt64LittleEndian(copy.AsSpan(GenerationAt)),
            copy.AsMemory(HeaderBytes));
    }
}
