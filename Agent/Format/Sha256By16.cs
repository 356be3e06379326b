using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Vector = System.Runtime.Intrinsics.Vector512<uint>;

namespace Sealtail.Format;

/// <summary>
/// SHA-256's compression function (FIPS 180-4 §6.2.2) of sixteen messages at once, one in each lane of vectors of 512 bits. AVX-512 rotates a word and
/// combines three in one instruction each; with AVX2, which does neither, eight lanes were measured to be no faster than OpenSSL's one.
/// </summary>
internal static unsafe class Sha256By16
{
    public const int Lanes = 16;

    // vpternlog's truth tables.
    private const byte XorTable = 0x96;
    private const byte ChooseTable = 0xCA;
    private const byte MajorityTable = 0xE8;

    public static bool IsSupported => Avx512BW.IsSupported; // which implies AVX-512F

    /// <summary>Takes <paramref name="count"/> blocks of each lane, from where its pointer stands, and moves the pointer behind them.</summary>
    /// <param name="state">Eight vectors: the words of all lanes' hashes so far.</param>
    /// <param name="blocks">A pointer for each lane; its blocks lie one behind the other.</param>
    /// <param name="count">At least 1.</param>
    /// <param name="given">Bits of each lane's first word that are not taken from its first block …</param>
    /// <param name="bits">… but from here.</param>
    /// <param name="words">Room for sixteen vectors.</param>
    // Optimised at once: until the runtime has seen that it is hot, it would be slower than what it replaces by far.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(uint* state, byte** blocks, int count, uint* given, uint* bits, uint* words)
    {
        fixed (uint* constants = Sha256Constants.Rounds)
        {
            for (var block = 0; block < count; block++)
            {
                Transpose(blocks, words);
                var w0 = Vector512.Load(words);
                if (block == 0) w0 = Choose(Vector512.Load(given), Vector512.Load(bits), w0);
                var (w1, w2, w3) = (Vector512.Load(words + Lanes), Vector512.Load(words + (2 * Lanes)), Vector512.Load(words + (3 * Lanes)));
                var (w4, w5, w6, w7) = (Vector512.Load(words + (4 * Lanes)), Vector512.Load(words + (5 * Lanes)), Vector512.Load(words + (6 * Lanes)), Vector512.Load(words + (7 * Lanes)));
                var (w8, w9, wa, wb) = (Vector512.Load(words + (8 * Lanes)), Vector512.Load(words + (9 * Lanes)), Vector512.Load(words + (10 * Lanes)), Vector512.Load(words + (11 * Lanes)));
                var (wc, wd, we, wf) = (Vector512.Load(words + (12 * Lanes)), Vector512.Load(words + (13 * Lanes)), Vector512.Load(words + (14 * Lanes)), Vector512.Load(words + (15 * Lanes)));
                var (a, b, c, d) = (Vector512.Load(state), Vector512.Load(state + Lanes), Vector512.Load(state + (2 * Lanes)), Vector512.Load(state + (3 * Lanes)));
                var (e, f, g, h) = (Vector512.Load(state + (4 * Lanes)), Vector512.Load(state + (5 * Lanes)), Vector512.Load(state + (6 * Lanes)), Vector512.Load(state + (7 * Lanes)));
                var k = constants;
                for (var end = constants + 48; k < end; k += 16)
                {
                    Round(a, b, c, ref d, e, f, g, ref h, w0, k[0]);
                    w0 = Next(w0, w1, w9, we);
                    Round(h, a, b, ref c, d, e, f, ref g, w1, k[1]);
                    w1 = Next(w1, w2, wa, wf);
                    Round(g, h, a, ref b, c, d, e, ref f, w2, k[2]);
                    w2 = Next(w2, w3, wb, w0);
                    Round(f, g, h, ref a, b, c, d, ref e, w3, k[3]);
                    w3 = Next(w3, w4, wc, w1);
                    Round(e, f, g, ref h, a, b, c, ref d, w4, k[4]);
                    w4 = Next(w4, w5, wd, w2);
                    Round(d, e, f, ref g, h, a, b, ref c, w5, k[5]);
                    w5 = Next(w5, w6, we, w3);
                    Round(c, d, e, ref f, g, h, a, ref b, w6, k[6]);
                    w6 = Next(w6, w7, wf, w4);
                    Round(b, c, d, ref e, f, g, h, ref a, w7, k[7]);
                    w7 = Next(w7, w8, w0, w5);
                    Round(a, b, c, ref d, e, f, g, ref h, w8, k[8]);
                    w8 = Next(w8, w9, w1, w6);
                    Round(h, a, b, ref c, d, e, f, ref g, w9, k[9]);
                    w9 = Next(w9, wa, w2, w7);
                    Round(g, h, a, ref b, c, d, e, ref f, wa, k[10]);
                    wa = Next(wa, wb, w3, w8);
                    Round(f, g, h, ref a, b, c, d, ref e, wb, k[11]);
                    wb = Next(wb, wc, w4, w9);
                    Round(e, f, g, ref h, a, b, c, ref d, wc, k[12]);
                    wc = Next(wc, wd, w5, wa);
                    Round(d, e, f, ref g, h, a, b, ref c, wd, k[13]);
                    wd = Next(wd, we, w6, wb);
                    Round(c, d, e, ref f, g, h, a, ref b, we, k[14]);
                    we = Next(we, wf, w7, wc);
                    Round(b, c, d, ref e, f, g, h, ref a, wf, k[15]);
                    wf = Next(wf, w0, w8, wd);
                }

                Round(a, b, c, ref d, e, f, g, ref h, w0, k[0]);
                Round(h, a, b, ref c, d, e, f, ref g, w1, k[1]);
                Round(g, h, a, ref b, c, d, e, ref f, w2, k[2]);
                Round(f, g, h, ref a, b, c, d, ref e, w3, k[3]);
                Round(e, f, g, ref h, a, b, c, ref d, w4, k[4]);
                Round(d, e, f, ref g, h, a, b, ref c, w5, k[5]);
                Round(c, d, e, ref f, g, h, a, ref b, w6, k[6]);
                Round(b, c, d, ref e, f, g, h, ref a, w7, k[7]);
                Round(a, b, c, ref d, e, f, g, ref h, w8, k[8]);
                Round(h, a, b, ref c, d, e, f, ref g, w9, k[9]);
                Round(g, h, a, ref b, c, d, e, ref f, wa, k[10]);
                Round(f, g, h, ref a, b, c, d, ref e, wb, k[11]);
                Round(e, f, g, ref h, a, b, c, ref d, wc, k[12]);
                Round(d, e, f, ref g, h, a, b, ref c, wd, k[13]);
                Round(c, d, e, ref f, g, h, a, ref b, we, k[14]);
                Round(b, c, d, ref e, f, g, h, ref a, wf, k[15]);
                AddTo(state, a);
                AddTo(state + Lanes, b);
                AddTo(state + (2 * Lanes), c);
                AddTo(state + (3 * Lanes), d);
                AddTo(state + (4 * Lanes), e);
                AddTo(state + (5 * Lanes), f);
                AddTo(state + (6 * Lanes), g);
                AddTo(state + (7 * Lanes), h);
            }
        }
    }

    // Not eight variables moved on by one, but the same eight under names moved on by one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(Vector a, Vector b, Vector c, ref Vector d, Vector e, Vector f, Vector g, ref Vector h, Vector word, uint constant)
    {
        var sigma1 = Avx512F.TernaryLogic(Avx512F.RotateRight(e, 6), Avx512F.RotateRight(e, 11), Avx512F.RotateRight(e, 25), XorTable);
        var t1 = h + (word + Vector512.Create(constant)) + Choose(e, f, g) + sigma1;
        var sigma0 = Avx512F.TernaryLogic(Avx512F.RotateRight(a, 2), Avx512F.RotateRight(a, 13), Avx512F.RotateRight(a, 22), XorTable);
        d += t1;
        h = t1 + (sigma0 + Avx512F.TernaryLogic(a, b, c, MajorityTable));
    }

    // The message word sixteen rounds on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector Next(Vector word, Vector after1, Vector after9, Vector after14)
    {
        var sigma0 = Avx512F.TernaryLogic(Avx512F.RotateRight(after1, 7), Avx512F.RotateRight(after1, 18), after1 >>> 3, XorTable);
        var sigma1 = Avx512F.TernaryLogic(Avx512F.RotateRight(after14, 17), Avx512F.RotateRight(after14, 19), after14 >>> 10, XorTable);
        return word + after9 + (sigma0 + sigma1);
    }

    // The bits of one where the mask has a 1, else those of the other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector Choose(Vector mask, Vector bits, Vector otherwise) => Avx512F.TernaryLogic(mask, bits, otherwise, ChooseTable);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(uint* state, Vector vector) => (Vector512.Load(state) + vector).Store(state);

    // One block of each lane becomes sixteen vectors: the blocks' first words, their second words, and so on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(byte** blocks, uint* words)
    {
        for (var i = 0; i < Lanes; i += 4)
        {
            // Of the blocks of four lanes: in the 128-bit part p, vector i + j gets their words 4p + j.
            var (r0, r1, r2, r3) = (Row(blocks, i), Row(blocks, i + 1), Row(blocks, i + 2), Row(blocks, i + 3));
            var (low01, high01) = (Avx512F.UnpackLow(r0, r1).AsUInt64(), Avx512F.UnpackHigh(r0, r1).AsUInt64());
            var (low23, high23) = (Avx512F.UnpackLow(r2, r3).AsUInt64(), Avx512F.UnpackHigh(r2, r3).AsUInt64());
            Avx512F.UnpackLow(low01, low23).AsUInt32().Store(words + (i * Lanes));
            Avx512F.UnpackHigh(low01, low23).AsUInt32().Store(words + ((i + 1) * Lanes));
            Avx512F.UnpackLow(high01, high23).AsUInt32().Store(words + ((i + 2) * Lanes));
            Avx512F.UnpackHigh(high01, high23).AsUInt32().Store(words + ((i + 3) * Lanes));
        }

        for (var j = 0; j < 4; j++)
        {
            // The 128-bit parts of vectors j, 4 + j, 8 + j and 12 + j are transposed: parts p become word 4p + j of all lanes.
            var (r0, r1) = (Vector512.Load(words + (j * Lanes)), Vector512.Load(words + ((4 + j) * Lanes)));
            var (r2, r3) = (Vector512.Load(words + ((8 + j) * Lanes)), Vector512.Load(words + ((12 + j) * Lanes)));
            var (low01, high01) = (Avx512F.Shuffle4x128(r0, r1, 0x44), Avx512F.Shuffle4x128(r0, r1, 0xEE));
            var (low23, high23) = (Avx512F.Shuffle4x128(r2, r3, 0x44), Avx512F.Shuffle4x128(r2, r3, 0xEE));
            Avx512F.Shuffle4x128(low01, low23, 0x88).Store(words + (j * Lanes));
            Avx512F.Shuffle4x128(low01, low23, 0xDD).Store(words + ((4 + j) * Lanes));
            Avx512F.Shuffle4x128(high01, high23, 0x88).Store(words + ((8 + j) * Lanes));
            Avx512F.Shuffle4x128(high01, high23, 0xDD).Store(words + ((12 + j) * Lanes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector Row(byte** blocks, int lane)
    {
        var row = Vector512.Load(blocks[lane]);
        blocks[lane] += Sha256Constants.BlockBytes;
        return Avx512BW.Shuffle(row, Vector512.Create(Sha256Constants.BigEndian)).AsUInt32();
    }
}
