using System.Security.Cryptography;
using System.Text;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Chaining;

/// <summary>The node's P-256 key: one key signs a whole epoch (docs/format.md, "Epochs and links").</summary>
internal sealed class SigningKey : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode ForAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode NotOwner = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private readonly ECDsa key;

    private SigningKey(ECDsa key)
    {
        this.key = key;
        Public = VerificationKey.FromSpki(key.ExportSubjectPublicKeyInfo());
    }

    public VerificationKey Public { get; }

    /// <exception cref="SigningKeyException">The file is missing, unreadable, open to others, or holds no P-256 private key.</exception>
    public static SigningKey Load(string path)
    {
        try
        {
            var mode = File.GetUnixFileMode(path);
            // systemd gives a credential to its service by an access list, whose mask shows as the group's right to read.
            if ((mode & NotOwner & ~(IsCredential(path) ? UnixFileMode.GroupRead : 0)) != 0)
                throw new SigningKeyException($"Key {path} can be read or changed by others (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}). Run: chmod 600 {path}");
            return FromPem(File.ReadAllText(path));
        }
        catch (FileNotFoundException e)
        {
            throw new SigningKeyException($"Key {path} does not exist. Make one with: sealtail keygen --out {path}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SigningKeyException($"Key {path} cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or FormatException)
        {
            throw new SigningKeyException($"Key {path} holds no PKCS#8 P-256 private key in PEM: {e.Message}", e);
        }
    }

    /// <summary>A key that no file has: what it signs is vouched for by nobody who is known.</summary>
    public static SigningKey ForOnce() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The key that is there, or else a new one. A public half that a crash left unwritten is written.</summary>
    /// <exception cref="SigningKeyException">As <see cref="Load"/> and <see cref="Generate"/>.</exception>
    public static SigningKey LoadOrGenerate(string path, DurableFiles files)
    {
        if (!File.Exists(path)) return Generate(path, files);
        var key = Load(path);
        try
        {
            if (!File.Exists(PublicPath(path))) WriteNew(files, PublicPath(path), key.PublicPem, ForAll);
            return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw new SigningKeyException($"Key {PublicPath(path)} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Makes a key pair: <paramref name="path"/> (0600, PKCS#8 PEM) and <c>path.pub</c> (SPKI PEM), durable when it returns. Never overwrites.</summary>
    /// <exception cref="SigningKeyException">Either file exists or cannot be written; the other is then not left behind.</exception>
    public static SigningKey Generate(string path, DurableFiles? files = null)
    {
        files ??= new DurableFiles();
        var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            if (File.Exists(PublicPath(path))) throw new IOException($"{PublicPath(path)} already exists.");
            // Whole and durable under its name at once: a crash here leaves no half a key, which no start could go on from.
            WriteNew(files, path, pair.ExportPkcs8PrivateKeyPem() + "\n", OwnerOnly);
            var key = new SigningKey(pair);
            try
            {
                // A crash before this leaves a private key alone; the next start writes its public half.
                WriteNew(files, PublicPath(path), key.PublicPem, ForAll);
                return key;
            }
            catch
            {
                files.Unlink(path);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            pair.Dispose();
            throw new SigningKeyException($"Key {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Signs the payload as DSSE: ECDSA with SHA-256 over its pre-authentication encoding, DER.</summary>
    public byte[] Sign(ReadOnlySpan<byte> payload) =>
        key.SignData(Envelope.PreAuthenticationEncoding(payload), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>Signs a note's text: ECDSA with SHA-256 over its UTF-8 bytes, DER. No text of a note begins as a pre-authentication encoding does.</summary>
    public byte[] SignText(string text) => key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    public void Dispose()
    {
        key.Dispose();
        Public.Dispose();
    }

    private static bool IsCredential(string path) =>
        Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } directory && Path.GetDirectoryName(Path.GetFullPath(path)) == Path.TrimEndingDirectorySeparator(directory);

    private static SigningKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            key.ExportECPrivateKey(); // a public key alone imports too; this throws for it
            return VerificationKey.IsP256(key) ? new SigningKey(key) : throw new FormatException("the curve is not P-256.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private string PublicPem => key.ExportSubjectPublicKeyInfoPem() + "\n";

    private static string PublicPath(string path) => path + ".pub";

    private static void WriteNew(DurableFiles files, string path, string text, UnixFileMode mode)
    {
        var temporary = path + ".tmp";
        files.Unlink(temporary);
        try
        {
            using (var file = files.Create(temporary, mode))
            {
                file.Append(Encoding.ASCII.GetBytes(text));
                file.Sync();
            }

            if (!files.TryLink(temporary, path)) throw new IOException($"{path} already exists.");
        }
        finally
        {
            files.Unlink(temporary);
        }

        files.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!); // a file has a directory
    }
}

/// <summary>The signing key cannot be used; the message names the file and the remedy.</summary>
internal sealed class SigningKeyException(string message, Exception? inner = null) : Exception(message, inner);
