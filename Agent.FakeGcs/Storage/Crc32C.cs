using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Sealtail.FakeGcs.Storage;

/// <summary>CRC-32C as GCS prints it: base64 of four big-endian bytes.</summary>
internal sealed class Crc32C
{
    private uint state = uint.MaxValue;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            state = BitOperations.Crc32C(state, word);

        foreach (var single in bytes[(words.Length * sizeof(ulong))..])
            state = BitOperations.Crc32C(state, single);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, ~state);
        return Convert.ToBase64String(bytes);
    }

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32C();
        crc.Append(bytes);
        return crc.ToString();
    }
}
