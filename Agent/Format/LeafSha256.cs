using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sealtail.Format;

/// <summary>
/// SHA-256 of many short inputs. .NET's one-shot call spends as long on OpenSSL's contexts as on hashing a record of a kilobyte; OpenSSL's own low-level
/// calls, from the library that .NET has loaded anyway, do not. Where these are not to be had, .NET's call does the same.
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

    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        if (Begin is null || !TryHash(bytes, hash)) SHA256.HashData(bytes, hash);
        return new Digest(hash);
    }

    private static bool TryHash(ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        var context = stackalloc byte[ContextBytes];
        fixed (byte* data = bytes)
        fixed (byte* result = hash)
            return Begin(context) == 1 && Update(context, data, (nuint)bytes.Length) == 1 && End(result, context) == 1;
    }
}
