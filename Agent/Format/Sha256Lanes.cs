using System.Runtime.CompilerServices;

namespace Sealtail.Format;

/// <summary>
/// Two lanes whose blocks are compressed together: one has a stream's next bytes, the other the leaves that lie in them; the lane that is done first
/// takes leaves too. Bytes are hashed where they lie; copied are only the first block of a leaf, behind its prefix, and what needs padding.
/// </summary>
internal unsafe ref struct Sha256Lanes
{
    private const int None = -1;

    private readonly byte* buffer;
    private readonly byte prefix;
    private readonly ReadOnlySpan<Extent> leaves;
    private readonly Span<Digest> hashes;
    private int next;

    private Sha256Lanes(byte* buffer, byte prefix, ReadOnlySpan<Extent> leaves, Span<Digest> hashes)
    {
        this.buffer = buffer;
        this.prefix = prefix;
        this.leaves = leaves;
        this.hashes = hashes;
    }

    /// <summary>Takes a run of a buffer into a stream, and the hashes of leaves in the buffer, each behind the prefix.</summary>
    /// <param name="stream">Pinned, or on the stack: so is everything that lanes compress into.</param>
    /// <param name="buffer">It is only read.</param>
    /// <param name="run">What the stream takes.</param>
    /// <param name="prefix">Put before each leaf.</param>
    /// <param name="leaves">They may have any lengths and any order, and overlap.</param>
    /// <param name="hashes">Gets as many, in the order of the leaves.</param>
    public static void Hash(Sha256Stream* stream, ReadOnlySpan<byte> buffer, Extent run, byte prefix, ReadOnlySpan<Extent> leaves, Span<Digest> hashes)
    {
        // What reads through pointers is checked here.
        _ = buffer.Slice(run.Start, run.Length);
        foreach (var leaf in leaves) _ = buffer.Slice(leaf.Start, leaf.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(hashes.Length, leaves.Length, nameof(hashes));

        var lanes = stackalloc Lane[2];
        (lanes[0].Leaf, lanes[1].Leaf) = (None, None);
        fixed (byte* bytes = buffer)
        {
            Begin(lanes, stream, bytes + run.Start, run.Length);
            new Sha256Lanes(bytes, prefix, leaves, hashes).Run(lanes);
        }
    }

    /// <summary>Takes the same bytes into two streams, or into one if the second is null.</summary>
    public static void Append(Sha256Stream* first, Sha256Stream* second, ReadOnlySpan<byte> bytes)
    {
        var lanes = stackalloc Lane[2];
        (lanes[0].Leaf, lanes[1].Leaf) = (None, None);
        fixed (byte* data = bytes)
        {
            Begin(lanes, first, data, bytes.Length);
            if (second is not null) Begin(lanes + 1, second, data, bytes.Length);
            new Sha256Lanes(data, 0, default, default).Run(lanes);
        }
    }

    private static void Begin(Lane* lane, Sha256Stream* stream, byte* data, int length)
    {
        lane->State = (uint*)Unsafe.AsPointer(ref stream->State);
        (lane->Part, lane->Parts) = (0, 0);
        if (stream->Take(ref data, length, lane->Ends, out var whole)) lane->Add(lane->Ends, 1);
        lane->Add(data, whole);
    }

    private void Run(Lane* lanes)
    {
        while (true)
        {
            var (isFirst, isSecond) = (IsReady(lanes), IsReady(lanes + 1));
            if (isFirst && isSecond)
            {
                var blocks = Math.Min(lanes[0].Left, lanes[1].Left);
                Sha256Native.Two(lanes[0].State, lanes[0].Block, lanes[1].State, lanes[1].Block, (nuint)blocks);
                lanes[0].Advance(blocks);
                lanes[1].Advance(blocks);
            }
            else if (isFirst || isSecond)
            {
                var lane = isFirst ? lanes : lanes + 1;
                Sha256Native.One(lane->State, lane->Block, (nuint)lane->Left);
                lane->Advance(lane->Left);
            }
            else
            {
                return;
            }
        }
    }

    private bool IsReady(Lane* lane)
    {
        while (lane->Part == lane->Parts)
        {
            if (lane->Leaf != None) hashes[lane->Leaf] = Sha256Stream.DigestOf(lane->Own);
            lane->Leaf = None;
            if (next == leaves.Length) return false;
            BeginLeaf(lane);
        }

        return true;
    }

    private void BeginLeaf(Lane* lane)
    {
        lane->Leaf = next++;
        var data = buffer + leaves[lane->Leaf].Start;
        var left = leaves[lane->Leaf].Length;
        var bytes = 1L + left;
        lane->State = lane->Own;
        Sha256Stream.Initial.CopyTo(new Span<uint>(lane->Own, Sha256Stream.StateWords));
        (lane->Part, lane->Parts) = (0, 0);

        var head = Math.Min(left, Sha256Stream.BlockBytes - 1);
        lane->Ends[0] = prefix;
        Unsafe.CopyBlockUnaligned(lane->Ends + 1, data, (uint)head);
        var padded = lane->Ends + Sha256Stream.BlockBytes;
        if (bytes < Sha256Stream.BlockBytes)
        {
            lane->Add(padded, Sha256Stream.Pad(padded, lane->Ends, (int)bytes, bytes));
            return;
        }

        lane->Add(lane->Ends, 1);
        var (whole, rest) = Math.DivRem(left - head, Sha256Stream.BlockBytes);
        lane->Add(data + head, whole);
        lane->Add(padded, Sha256Stream.Pad(padded, data + head + (whole * Sha256Stream.BlockBytes), rest, bytes));
    }

    /// <summary>What a lane compresses, and into what: at most three runs of blocks.</summary>
    private struct Lane
    {
        public fixed uint Own[Sha256Stream.StateWords]; // of a leaf
        public fixed byte Ends[3 * Sha256Stream.BlockBytes]; // copied: a first block, one or two last ones
        public uint* State;
        public int Leaf;
        public int Part;
        public int Parts;
        private fixed long blocks[3]; // pointers
        private fixed int left[3];

        public byte* Block => (byte*)blocks[Part];

        public int Left => left[Part];

        public void Add(byte* block, int count)
        {
            if (count == 0) return;
            (blocks[Parts], left[Parts]) = ((long)block, count);
            Parts++;
        }

        public void Advance(int count)
        {
            blocks[Part] += (long)count * Sha256Stream.BlockBytes;
            left[Part] -= count;
            if (left[Part] == 0) Part++;
        }
    }
}

/// <summary>A run of bytes in a buffer.</summary>
internal readonly record struct Extent(int Start, int Length);
