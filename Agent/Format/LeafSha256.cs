using System.Buffers;
using System.Runtime.InteropServices;

namespace Sealtail.Format;

/// <summary>
/// SHA-256 of short inputs, each behind one byte: the leaves and nodes of RFC 6962. .NET's one-shot call spends as long on OpenSSL's contexts as on hashing a record of a kilobyte; OpenSSL's own low-level calls, from the library
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

    /// <summary>The hash of <paramref name="prefix"/> followed by <paramref name="bytes"/>.</summary>
    public static Digest Of(byte prefix, ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        return Begin is not null && TryHash([prefix], bytes, hash) ? new Digest(hash) : OfByNet(prefix, bytes);
    }

    /// <summary>The hash of the bytes as they are: of a manifest of a few kilobytes, where .NET's own call is dear for the same reason.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        return Begin is not null && TryHash([], bytes, hash) ? new Digest(hash) : Digest.Of(bytes);
    }

    /// <summary>As <see cref="Of(byte, ReadOnlySpan{byte})"/>, by .NET's own call.</summary>
    internal static Digest OfByNet(byte prefix, ReadOnlySpan<byte> bytes)
    {
        var joined = ArrayPool<byte>.Shared.Rent(1 + bytes.Length);
        joined[0] = prefix;
        bytes.CopyTo(joined.AsSpan(1));
        var digest = Digest.Of(joined.AsSpan(0, 1 + bytes.Length));
        ArrayPool<byte>.Shared.Return(joined);
        return digest;
    }

    private static bool TryHash(ReadOnlySpan<byte> before, ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        var context = stackalloc byte[ContextBytes];
        fixed (byte* prefix = before)
        fixed (byte* data = bytes)
        fixed (byte* result = hash)
            return Begin(context) == 1 && (before.IsEmpty || Update(context, prefix, (nuint)before.Length) == 1) && Update(context, data, (nuint)bytes.Length) == 1 && End(result, context) == 1;
    }
}
