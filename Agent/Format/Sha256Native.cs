using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Sealtail.Format;

/// <summary>SHA-256's compression function by x86's SHA instructions (sha256.c): of one message, or of two in the time of little more than one.</summary>
internal static unsafe partial class Sha256Native
{
    /// <summary>What sha256.c is linked as, or a shared library of this name.</summary>
    public const string Library = "sealtail_sha256";

    private const int ShaBit = 1 << 29; // of CPUID leaf 7, EBX

    /// <summary>Whether the processor can, and the program is one that was compiled ahead of time: into others nothing is linked.</summary>
    public static bool IsSupported { get; } = !RuntimeFeature.IsDynamicCodeSupported && HasInstructions && IsLinked();

    public static bool HasInstructions => Sse41.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ebx & ShaBit) != 0;

    /// <summary>Takes <paramref name="blocks"/> of 64 bytes into the eight words of the state.</summary>
    [LibraryImport(Library, EntryPoint = "sealtail_sha256_one")]
    public static partial void One(uint* state, byte* block, nuint blocks);

    /// <summary>As <see cref="One"/>, of two messages, as many blocks of each.</summary>
    [LibraryImport(Library, EntryPoint = "sealtail_sha256_two")]
    public static partial void Two(uint* state0, byte* block0, uint* state1, byte* block1, nuint blocks);

    /// <summary>The hashes of <paramref name="count"/> nodes of a Merkle tree from the pairs below them; they may take the place of the pairs.</summary>
    [LibraryImport(Library, EntryPoint = "sealtail_sha256_nodes")]
    public static partial void Nodes(Digest* pairs, Digest* hashes, nuint count);

    // A program can be made to run as if it had been compiled ahead of time, without having been.
    private static bool IsLinked()
    {
        try
        {
            var state = stackalloc uint[8];
            One(state, (byte*)state, 0);
            return true;
        }
        catch (DllNotFoundException)
        {
            return false;
        }
    }
}
