using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Sealtail.Format;

/// <summary>A CRC-32C (Castagnoli) value; prints as base64 of its four big-endian bytes, as GCS does.</summary>
internal readonly record struct Crc32C(uint Value)
{
    public static Crc32C Of(ReadOnlySpan<byte> bytes) => default(Crc32C).Append(bytes);

    /// <summary>The value for the bytes so far followed by <paramref name="bytes"/>; <c>default</c> is the value of nothing.</summary>
    public Crc32C Append(ReadOnlySpan<byte> bytes)
    {
        var crc = ~Value;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));

        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return new Crc32C(~crc);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out Crc32C crc)
    {
        crc = default;
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        if (text is not { Length: 8 } || !Convert.TryFromBase64String(text, bytes, out var written) || written != bytes.Length) return false;
        crc = new Crc32C(BinaryPrimitives.ReadUInt32BigEndian(bytes));
        return crc.ToString() == text; // one spelling per value
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);
        return Convert.ToBase64String(bytes);
    }
}
