using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;

namespace Sealtail.Verifying;

/// <summary>gzip's CRC-32 (RFC 1952 §8), which .NET keeps to itself. Folded by carry-less multiplication where the processor can.</summary>
internal readonly record struct Crc32(uint Value)
{
    private const uint Polynomial = 0xEDB88320;
    private const int FoldBytes = 64;

    private static readonly uint[] Table = MakeTable();

    /// <summary>The value for the bytes so far followed by <paramref name="bytes"/>; <c>default</c> is the value of nothing.</summary>
    public Crc32 Append(ReadOnlySpan<byte> bytes)
    {
        var crc = ~Value;
        if (Pclmulqdq.IsSupported && bytes.Length >= FoldBytes)
        {
            var whole = bytes.Length & ~15;
            crc = Fold(crc, bytes[..whole]);
            bytes = bytes[whole..];
        }
        else if (ArmCrc32.Arm64.IsSupported)
        {
            for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
                crc = ArmCrc32.Arm64.ComputeCrc32(crc, MemoryMarshal.Read<ulong>(bytes));
        }

        return new Crc32(~AppendByTable(crc, bytes));
    }

    /// <summary>One byte at a time: the definition, and what is left over by the fast ways.</summary>
    internal static uint AppendByTable(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) crc = Table[(byte)crc ^ b] ^ (crc >> 8);
        return crc;
    }

    // Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009; constants for the reflected polynomial.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // not worth a slow first second
    private static uint Fold(uint crc, ReadOnlySpan<byte> bytes)
    {
        var by64 = Vector128.Create(0x0154442bd4, 0x01c6e41596);
        var by16 = Vector128.Create(0x01751997d0, 0x00ccaa009e);
        var x0 = Load(bytes, 0) ^ Vector128.CreateScalar((long)crc);
        var x1 = Load(bytes, 16);
        var x2 = Load(bytes, 32);
        var x3 = Load(bytes, 48);
        for (bytes = bytes[FoldBytes..]; bytes.Length >= FoldBytes; bytes = bytes[FoldBytes..])
        {
            x0 = FoldInto(x0, by64, Load(bytes, 0));
            x1 = FoldInto(x1, by64, Load(bytes, 16));
            x2 = FoldInto(x2, by64, Load(bytes, 32));
            x3 = FoldInto(x3, by64, Load(bytes, 48));
        }

        x0 = FoldInto(x0, by16, x1);
        x0 = FoldInto(x0, by16, x2);
        x0 = FoldInto(x0, by16, x3);
        for (; bytes.Length >= 16; bytes = bytes[16..]) x0 = FoldInto(x0, by16, Load(bytes, 0));
        return Reduce(x0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Load(ReadOnlySpan<byte> bytes, int at) => MemoryMarshal.Read<Vector128<long>>(bytes[at..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> FoldInto(Vector128<long> x, Vector128<long> by, Vector128<long> next) =>
        Pclmulqdq.CarrylessMultiply(x, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(x, by, 0x11) ^ next;

    // 128 bits to 64, then Barrett's reduction to 32.
    private static uint Reduce(Vector128<long> x)
    {
        var low32 = Vector128.Create(0xFFFFFFFFL, 0);
        x = Pclmulqdq.CarrylessMultiply(x, Vector128.Create(0x01751997d0, 0x00ccaa009e), 0x10) ^ Sse2.ShiftRightLogical128BitLane(x, 8);
        x = Pclmulqdq.CarrylessMultiply(x & low32, Vector128.Create(0x0163cd6124, 0), 0x00) ^ Sse2.ShiftRightLogical128BitLane(x, 4);
        var barrett = Vector128.Create(0x01db710641, 0x01f7011641);
        var t = Pclmulqdq.CarrylessMultiply(x & low32, barrett, 0x10) & low32;
        return (Pclmulqdq.CarrylessMultiply(t, barrett, 0x00) ^ x).AsUInt32().GetElement(1);
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++) value = (value >> 1) ^ ((value & 1) != 0 ? Polynomial : 0);
            table[i] = value;
        }

        return table;
    }
}
