using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sealtail.Format;

/// <summary>
/// SHA-256 of bytes that come in pieces, by <see cref="Sha256Native"/>: the words so far, and the bytes that do not fill a block yet.
/// Only where <see cref="Sha256Native.HasInstructions"/>.
/// </summary>
internal unsafe struct Sha256Stream
{
    public const int BlockBytes = 64;
    public const int StateWords = 8;

    private const int LengthBytes = sizeof(ulong);

    // An array, because code that is not optimised allocates for a span over the program's own data.
    private static readonly uint[] InitialWords = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private fixed uint words[StateWords];
    private fixed byte waiting[BlockBytes];
    private long bytes;

    public Sha256Stream() => Clear();

    /// <summary>Where every hash begins (FIPS 180-4 §5.3.3).</summary>
    public static ReadOnlySpan<uint> Initial => InitialWords;

    public int Waiting => (int)(bytes % BlockBytes);

    public void Clear()
    {
        for (var i = 0; i < StateWords; i++) words[i] = InitialWords[i];
        bytes = 0;
    }

    /// <summary>
    /// Takes bytes, all but the compression, which is the caller's: first of <paramref name="block"/>, a copy of the block that they complete, if this
    /// returns true, then of the <paramref name="whole"/> blocks that follow it in them.
    /// </summary>
    /// <param name="data">The bytes; it moves to where the whole blocks begin.</param>
    /// <param name="length">Their number.</param>
    /// <param name="block">Room for one block.</param>
    /// <param name="whole">Blocks to compress where they lie.</param>
    public bool Take(ref byte* data, int length, byte* block, out int whole)
    {
        var before = Waiting;
        bytes += length;
        fixed (byte* kept = waiting)
        {
            var isFilled = before > 0 && length >= BlockBytes - before;
            if (isFilled)
            {
                Unsafe.CopyBlockUnaligned(block, kept, (uint)before);
                Unsafe.CopyBlockUnaligned(block + before, data, (uint)(BlockBytes - before));
                data += BlockBytes - before;
                length -= BlockBytes - before;
                before = 0;
            }

            whole = before > 0 ? 0 : length / BlockBytes;
            var rest = length - (whole * BlockBytes);
            Unsafe.CopyBlockUnaligned(kept + before, data + (whole * BlockBytes), (uint)rest);
            return isFilled;
        }
    }

    /// <summary>The hash of all bytes since the last time; the next begins.</summary>
    public Digest Finish()
    {
        var padded = stackalloc byte[2 * BlockBytes];
        fixed (byte* kept = waiting)
        fixed (uint* state = words)
        {
            var blocks = Pad(padded, kept, Waiting, bytes);
            Sha256Native.One(state, padded, (nuint)blocks);
            var digest = DigestOf(state);
            Clear();
            return digest;
        }
    }

    /// <summary>The message's last one or two blocks: of at most 119 bytes that are left of it.</summary>
    /// <returns>How many there are.</returns>
    public static int Pad(byte* padded, byte* rest, int length, long messageBytes)
    {
        var blocks = length + 1 + LengthBytes <= BlockBytes ? 1 : 2;
        var all = new Span<byte>(padded, blocks * BlockBytes);
        new ReadOnlySpan<byte>(rest, length).CopyTo(all);
        all[length] = 0x80;
        all[(length + 1)..].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(all[^LengthBytes..], (ulong)messageBytes * 8);
        return blocks;
    }

    public static Digest DigestOf(uint* state)
    {
        var bytes = stackalloc uint[StateWords];
        for (var i = 0; i < StateWords; i++) bytes[i] = BinaryPrimitives.ReverseEndianness(state[i]);
        return new Digest(new ReadOnlySpan<byte>(bytes, Digest.Size));
    }

    /// <summary>The words; valid while this does not move.</summary>
    [UnscopedRef]
    public ref uint State => ref words[0];
}
