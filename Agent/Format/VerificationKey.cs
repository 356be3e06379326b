using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Sealtail.Format;

/// <summary>A P-256 public key. Its id is the SHA-256 of its SubjectPublicKeyInfo DER (docs/format.md, "Envelope").</summary>
internal sealed class VerificationKey : IDisposable
{
    private const string P256 = "1.2.840.10045.3.1.7";

    // One handle must not be used by two threads at once, and verifying is spread over all cores: a handle per caller, kept for the next.
    private readonly ConcurrentBag<ECDsa> handles = [];
    private readonly ConcurrentBag<OpenSslVerifier> verifiers = [];
    private readonly byte[] keyIdText;

    private VerificationKey(ECDsa key)
    {
        Spki = key.ExportSubjectPublicKeyInfo();
        KeyId = Digest.Of(Spki);
        Alone = [KeyId];
        keyIdText = Encoding.ASCII.GetBytes(KeyId.ToString());
        handles.Add(key);
    }

    public byte[] Spki { get; }

    public Digest KeyId { get; }

    /// <summary>Its id as a list of one, made once.</summary>
    public IReadOnlyList<Digest> Alone { get; }

    /// <exception cref="FormatException">The bytes are no P-256 SubjectPublicKeyInfo.</exception>
    public static VerificationKey FromSpki(ReadOnlySpan<byte> spki)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out var read);
            return read == spki.Length && IsP256(key) ? new VerificationKey(key) : throw new FormatException("The key is not one P-256 SubjectPublicKeyInfo.");
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException) // the latter: a curve that nobody knows
        {
            throw new FormatException($"The key is no SubjectPublicKeyInfo: {e.Message}", e);
        }
    }

    /// <summary>Reads a PEM file's text: <c>PUBLIC KEY</c>.</summary>
    /// <exception cref="FormatException">There is no PEM public key in it, or it is not P-256.</exception>
    public static VerificationKey FromPem(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != "PUBLIC KEY")
            throw new FormatException("The text has no PEM block 'PUBLIC KEY'.");
        return FromSpki(Convert.FromBase64String(pem[fields.Base64Data]));
    }

    /// <summary>Whether an envelope hints at this key.</summary>
    public bool IsHintedAt(ReadOnlySpan<byte> keyId) => keyId.SequenceEqual(keyIdText);

    /// <summary>Whether <paramref name="signature"/> (DER, <c>Rfc3279DerSequence</c>) is this key's over <paramref name="message"/> with SHA-256.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!verifiers.TryTake(out var verifier) && (verifier = OpenSslVerifier.TryOpen(Spki)) is null) return VerifyByNet(message, signature);
        try
        {
            return verifier.Verify(LeafSha256.Of(message), signature);
        }
        finally
        {
            verifiers.Add(verifier);
        }
    }

    /// <summary>As <see cref="Verify"/>, by .NET's own call.</summary>
    internal bool VerifyByNet(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!handles.TryTake(out var key))
        {
            key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Spki, out _);
        }

        try
        {
            return key.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        finally
        {
            handles.Add(key);
        }
    }

    public void Dispose()
    {
        while (handles.TryTake(out var key)) key.Dispose();
        while (verifiers.TryTake(out var verifier)) verifier.Dispose();
    }

    internal static bool IsP256(ECDsa key) => key.ExportParameters(includePrivateParameters: false).Curve.Oid is { } oid && (oid.Value == P256 || oid.FriendlyName == "nistP256" || oid.FriendlyName == "ECDSA_P256");
}
