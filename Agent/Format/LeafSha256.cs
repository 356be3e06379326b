using System.Buffers;
using System.Runtime.InteropServices;

namespace Sealtail.Format;

/// <summary>How a batch of hashes is computed.</summary>
internal enum Sha256Path
{
    /// <summary>One after the other, by OpenSSL or .NET.</summary>
    Alone,

    /// <summary>Sixteen at a time, with AVX-512.</summary>
    By16,
}

/// <summary>
/// SHA-256 of many short inputs, each behind one byte: the leaves and nodes of RFC 6962. Many at a time share a vector where that is faster. One at a
/// time, .NET's one-shot call spends as long on OpenSSL's contexts as on hashing a record of a kilobyte; OpenSSL's own low-level calls, from the library
/// that .NET has loaded anyway, do not. Where these are not to be had, .NET's call does the same.
/// </summary>
internal static unsafe class LeafSha256
{
    private const int ContextBytes = 128; // SHA256_CTX has 112
    private const string Library = "libcrypto.so.3";

    private static readonly delegate* unmanaged[SuppressGCTransition]<byte*, int> Begin;
    private static readonly delegate* unmanaged<byte*, byte*, nuint, int> Update;
    private static readonly delegate* unmanaged[SuppressGCTransition]<byte*, byte*, int> End;

    static LeafSha256()
    {
        if (!NativeLibrary.TryLoad(Library, out var library)) return;
        if (!NativeLibrary.TryGetExport(library, "SHA256_Init", out var begin)
            || !NativeLibrary.TryGetExport(library, "SHA256_Update", out var update)
            || !NativeLibrary.TryGetExport(library, "SHA256_Final", out var end))
            return;
        Begin = (delegate* unmanaged[SuppressGCTransition]<byte*, int>)begin;
        Update = (delegate* unmanaged<byte*, byte*, nuint, int>)update;
        End = (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, int>)end;
    }

    /// <summary>
    /// What this processor does fastest. A program compiled ahead of time has sixteen lanes only if it was compiled for AVX-512
    /// (<c>IlcInstructionSet=x86-64-v4</c>), and then runs on no other processor: the compiler takes these instructions for there or not there.
    /// </summary>
    public static Sha256Path Best => Sha256By16.IsSupported ? Sha256Path.By16 : Sha256Path.Alone;

    public static bool IsSupported(Sha256Path path) => path != Sha256Path.By16 || Sha256By16.IsSupported;

    /// <summary>The hashes of <paramref name="prefix"/> followed by each of the inputs.</summary>
    /// <param name="prefix">Put before each input.</param>
    /// <param name="buffer">It is only read.</param>
    /// <param name="inputs">Where they lie in the buffer, none at its first byte: the byte before each is read, though not used.</param>
    /// <param name="hashes">Gets as many hashes, in the order of the inputs.</param>
    /// <param name="path">One that <see cref="IsSupported"/>.</param>
    public static void OfAll(byte prefix, ReadOnlySpan<byte> buffer, ReadOnlySpan<Extent> inputs, Span<Digest> hashes, Sha256Path path)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hashes.Length, inputs.Length, nameof(hashes));
        // What reads through pointers is checked here.
        foreach (var input in inputs)
            if (input.Start < 1 || input.Length < 0 || input.Length > buffer.Length - input.Start) throw new ArgumentOutOfRangeException(nameof(inputs));

        if (path == Sha256Path.Alone)
        {
            for (var i = 0; i < inputs.Length; i++) hashes[i] = Of(prefix, buffer.Slice(inputs[i].Start, inputs[i].Length));
            return;
        }

        fixed (byte* bytes = buffer) new Sha256Lanes(prefix, bytes, inputs, hashes).Run();
    }

    /// <summary>The hash of <paramref name="prefix"/> followed by <paramref name="bytes"/>.</summary>
    public static Digest Of(byte prefix, ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        return Begin is not null && TryHash(prefix, bytes, hash) ? new Digest(hash) : OfByNet(prefix, bytes);
    }

    /// <summary>As <see cref="Of"/>, by .NET's own call.</summary>
    internal static Digest OfByNet(byte prefix, ReadOnlySpan<byte> bytes)
    {
        var joined = ArrayPool<byte>.Shared.Rent(1 + bytes.Length);
        joined[0] = prefix;
        bytes.CopyTo(joined.AsSpan(1));
        var digest = Digest.Of(joined.AsSpan(0, 1 + bytes.Length));
        ArrayPool<byte>.Shared.Return(joined);
        return digest;
    }

    private static bool TryHash(byte prefix, ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        var context = stackalloc byte[ContextBytes];
        fixed (byte* data = bytes)
        fixed (byte* result = hash)
            return Begin(context) == 1 && Update(context, &prefix, 1) == 1 && Update(context, data, (nuint)bytes.Length) == 1 && End(result, context) == 1;
    }
}
