using System.Runtime.InteropServices;

namespace Sealtail.Verifying;

/// <summary>
/// gzip's CRC-32 (RFC 1952 §8) by the zlib that .NET unpacks with, through the entry point that its zip archives use. It is no public API: were a version
/// of .NET without it, no chunk could be verified and the first test would say so.
/// </summary>
internal readonly unsafe partial record struct Crc32(uint Value)
{
    /// <summary>The value for the bytes so far followed by <paramref name="bytes"/>; <c>default</c> is the value of nothing.</summary>
    public Crc32 Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return this; // zlib takes no bytes for a wish to begin
        fixed (byte* first = bytes) return new Crc32(Append(Value, first, bytes.Length));
    }

    [LibraryImport("libSystem.IO.Compression.Native", EntryPoint = "CompressionNative_Crc32")]
    private static partial uint Append(uint crc, byte* bytes, int length);
}
