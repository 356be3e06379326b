using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Sealtail.Format;

/// <summary>
/// SHA-256 of many inputs at once, each in a lane of its own: a lane takes the next input when its input ends. Inputs are hashed where they lie, each
/// behind a byte that is put before it; only what is left over from the last whole block is copied, for the padding.
/// </summary>
internal unsafe ref struct Sha256Lanes
{
    private const int Lanes = Sha256By16.Lanes;
    private const int BlockCost = 9; // blocks one by one, with the SHA instructions, in the time of one block of all lanes: measured on Zen 4
    private const int VectorBytes = Lanes * sizeof(uint);
    private const int TailBytes = 2 * Sha256Constants.BlockBytes;
    private const int LengthBytes = sizeof(ulong);

    private readonly byte prefix;
    private readonly byte* buffer;
    private readonly ReadOnlySpan<Extent> inputs;
    private readonly Span<Digest> hashes;
    private readonly long longest;
    private int next;
    private int busy;

    /// <param name="prefix">Hashed before each input.</param>
    /// <param name="buffer">Where the inputs lie; readable from one byte before the first.</param>
    /// <param name="inputs">They may have any lengths and any order.</param>
    /// <param name="hashes">Gets their hashes, in the same order.</param>
    public Sha256Lanes(byte prefix, byte* buffer, ReadOnlySpan<Extent> inputs, Span<Digest> hashes)
    {
        this.prefix = prefix;
        this.buffer = buffer;
        this.inputs = inputs;
        this.hashes = hashes;
        long blocks = 0;
        foreach (var input in inputs) blocks += BlocksOf(input);
        longest = blocks / Lanes;
    }

    /// <summary>Hashes all.</summary>
    public void Run()
    {
        var room = stackalloc byte[sizeof(Memory) + VectorBytes];
        // A vector across two lines of the cache costs twice.
        var lanes = (Memory*)(((nuint)room + VectorBytes - 1) & ~(nuint)(VectorBytes - 1));
        for (var lane = 0; lane < Lanes; lane++) Begin(lanes, lane);
        while (busy > 0)
        {
            if (next == inputs.Length && IsCheaperAlone(lanes))
            {
                for (var lane = 0; lane < Lanes; lane++)
                    if (lanes->Input[lane] >= 0) HashAlone(lanes->Input[lane]);
                return;
            }

            Step(lanes);
        }
    }

    private static int BlocksOf(Extent input) => (1 + input.Length + 1 + LengthBytes + Sha256Constants.BlockBytes - 1) / Sha256Constants.BlockBytes;

    private void Step(Memory* lanes)
    {
        var (run, at) = (int.MaxValue, default(nint));
        for (var lane = 0; lane < Lanes; lane++)
            if (lanes->Input[lane] >= 0 && lanes->Left[lane] < run) (run, at) = (lanes->Left[lane], (nint)lanes->Block[lane]);

        // A lane without input reads what another does; nobody looks at its result.
        for (var lane = 0; lane < Lanes; lane++)
            if (lanes->Input[lane] < 0) lanes->Block[lane] = at;

        Sha256By16.Compress(lanes->State, (byte**)lanes->Block, run, lanes->Given, lanes->Bits, lanes->Words);
        for (var lane = 0; lane < Lanes; lane++)
        {
            (lanes->Given[lane], lanes->Bits[lane]) = (0, 0);
            if (lanes->Input[lane] < 0 || (lanes->Left[lane] -= run) > 0) continue;
            if (lanes->TailBlocks[lane] > 0)
            {
                GoOnWithTail(lanes, lane);
                continue;
            }

            hashes[lanes->Input[lane]] = Result(lanes, lane);
            busy--;
            Begin(lanes, lane);
        }
    }

    // The next input for the lane, if there is one. One that is longer than the lanes need for all would keep a lane busy when the others are done.
    private void Begin(Memory* lanes, int lane)
    {
        while (next < inputs.Length && BlocksOf(inputs[next]) > longest) HashAlone(next++);
        lanes->Input[lane] = -1;
        if (next == inputs.Length) return;
        var input = inputs[next];
        var start = buffer + input.Start - 1; // the byte there is not the input's: the prefix takes its place
        var (whole, rest) = Math.DivRem(1 + input.Length, Sha256Constants.BlockBytes);
        var tail = lanes->Tail + (lane * TailBytes);
        var tailBlocks = rest + 1 + LengthBytes <= Sha256Constants.BlockBytes ? 1 : 2;
        var bytes = new Span<byte>(tail, tailBlocks * Sha256Constants.BlockBytes);
        new ReadOnlySpan<byte>(start + (whole * Sha256Constants.BlockBytes), rest).CopyTo(bytes);
        bytes[rest] = 0x80;
        bytes[(rest + 1)..].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes[^LengthBytes..], (ulong)(1 + input.Length) * 8);

        for (var word = 0; word < Sha256Constants.StateWords; word++) lanes->State[(word * Lanes) + lane] = Sha256Constants.Initial[word];
        (lanes->Given[lane], lanes->Bits[lane]) = (0xFF00_0000, (uint)prefix << 24);
        (lanes->Input[lane], lanes->Block[lane], lanes->Left[lane], lanes->TailBlocks[lane]) = (next++, (nint)start, whole, tailBlocks);
        if (whole == 0) GoOnWithTail(lanes, lane);
        busy++;
    }

    private static void GoOnWithTail(Memory* lanes, int lane)
    {
        (lanes->Block[lane], lanes->Left[lane]) = ((nint)(lanes->Tail + (lane * TailBytes)), lanes->TailBlocks[lane]);
        lanes->TailBlocks[lane] = 0;
    }

    private static Digest Result(Memory* lanes, int lane)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        for (var word = 0; word < Sha256Constants.StateWords; word++)
            BinaryPrimitives.WriteUInt32BigEndian(hash[(word * sizeof(uint))..], lanes->State[(word * Lanes) + lane]);
        return new Digest(hash);
    }

    // When no input waits: whether to drop what the lanes have begun and hash it one by one.
    private readonly bool IsCheaperAlone(Memory* lanes)
    {
        var (alone, inLanes) = (0L, 0L);
        for (var lane = 0; lane < Lanes; lane++)
        {
            if (lanes->Input[lane] < 0) continue;
            alone += BlocksOf(inputs[lanes->Input[lane]]);
            inLanes = Math.Max(inLanes, lanes->Left[lane] + lanes->TailBlocks[lane]);
        }

        return alone < inLanes * BlockCost;
    }

    private readonly void HashAlone(int input) => hashes[input] = LeafSha256.Of(prefix, new ReadOnlySpan<byte>(buffer + inputs[input].Start, inputs[input].Length));

    /// <summary>What each lane is at. What vectors are loaded from comes first, and is a multiple of their size.</summary>
    private struct Memory
    {
        public fixed uint State[Sha256Constants.StateWords * Lanes];
        public fixed uint Words[Sha256Constants.BlockWords * Lanes];
        public fixed uint Given[Lanes];
        public fixed uint Bits[Lanes];
        public fixed byte Tail[TailBytes * Lanes];
        public fixed long Block[Lanes]; // pointers
        public fixed int Input[Lanes]; // its number; -1: none
        public fixed int Left[Lanes]; // blocks from the pointer on
        public fixed int TailBlocks[Lanes]; // of the tail, while it is still to come
    }
}

/// <summary>A run of bytes in a buffer.</summary>
internal readonly record struct Extent(int Start, int Length);
