using System.Runtime.InteropServices;

namespace Sealtail.Format;

/// <summary>
/// One public key and what OpenSSL needs to verify with it, made once instead of for each signature, by the library that .NET has loaded anyway: .NET makes a
/// context, and turns the signature to P1363 and back, for each. Where the library is not to be had, there is .NET's own way. For one caller at a time.
/// </summary>
internal sealed unsafe class OpenSslVerifier : IDisposable
{
    private const string Library = "libcrypto.so.3";

    private static readonly delegate* unmanaged<nint, byte**, nint, nint> ReadKey;
    private static readonly delegate* unmanaged<nint, void> FreeKey;
    private static readonly delegate* unmanaged<nint, nint, nint> NewContext;
    private static readonly delegate* unmanaged<nint, void> FreeContext;
    private static readonly delegate* unmanaged<nint, int> Begin;
    private static readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int> VerifyHash;
    private static readonly delegate* unmanaged<void> ClearErrors;

    private nint key;
    private nint context;

    static OpenSslVerifier()
    {
        if (!NativeLibrary.TryLoad(Library, out var library)) return;
        if (!NativeLibrary.TryGetExport(library, "d2i_PUBKEY", out var readKey)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_free", out var freeKey)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_CTX_new", out var newContext)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_CTX_free", out var freeContext)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_verify_init", out var begin)
            || !NativeLibrary.TryGetExport(library, "EVP_PKEY_verify", out var verify)
            || !NativeLibrary.TryGetExport(library, "ERR_clear_error", out var clearErrors))
            return;
        ReadKey = (delegate* unmanaged<nint, byte**, nint, nint>)readKey;
        FreeKey = (delegate* unmanaged<nint, void>)freeKey;
        NewContext = (delegate* unmanaged<nint, nint, nint>)newContext;
        FreeContext = (delegate* unmanaged<nint, void>)freeContext;
        Begin = (delegate* unmanaged<nint, int>)begin;
        ClearErrors = (delegate* unmanaged<void>)clearErrors;
        VerifyHash = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int>)verify;
    }

    private OpenSslVerifier(nint key, nint context) => (this.key, this.context) = (key, context);

    ~OpenSslVerifier() => Free();

    /// <summary>Null: OpenSSL 3 is not there, or does not take the key.</summary>
    /// <param name="spki">A SubjectPublicKeyInfo.</param>
    public static OpenSslVerifier? TryOpen(byte[] spki)
    {
        if (VerifyHash is null) return null;
        nint key;
        fixed (byte* bytes = spki)
        {
            var at = bytes;
            key = ReadKey(0, &at, spki.Length);
        }

        var context = key == 0 ? 0 : NewContext(key, 0);
        var verifier = new OpenSslVerifier(key, context); // whatever was made is freed with it
        if (context != 0 && Begin(context) == 1) return verifier;
        ClearErrors();
        verifier.Dispose();
        return null;
    }

    /// <summary>Whether the signature (DER) is the key's over a message of that SHA-256.</summary>
    public bool Verify(Digest sha256, ReadOnlySpan<byte> signature)
    {
        ObjectDisposedException.ThrowIf(context == 0, this);
        var hash = stackalloc byte[Digest.Size];
        sha256.CopyTo(new Span<byte>(hash, Digest.Size));
        int outcome;
        fixed (byte* bytes = signature) outcome = VerifyHash(context, bytes, (nuint)signature.Length, hash, Digest.Size);
        GC.KeepAlive(this);
        if (outcome == 1) return true;
        ClearErrors(); // what is no signature leaves its reason in the thread's queue, where .NET would find it
        return false;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (context != 0) FreeContext(context);
        if (key != 0) FreeKey(key);
        (key, context) = (0, 0);
    }
}
