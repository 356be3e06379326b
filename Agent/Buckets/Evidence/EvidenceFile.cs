using System.Security.Cryptography;
using System.Text;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Buckets.Evidence;

/// <summary>
/// An export as a file: which entries it has and where, and whether it is as it was sealed. Every byte counts: headers and padding are demanded as they
/// would be written, sums cover every entry, and the seal's signature covers the sums.
/// </summary>
internal sealed class EvidenceFile
{
    public const string Objects = "objects/";
    public const string Facts = "bucket.json";
    public const string Metadata = "objects.ndjson";
    public const string Sums = "SHA256SUMS";
    public const string Signature = "SHA256SUMS.sig";
    public const string SealKey = "seal.pub";

    private static readonly string[] SealFiles = [Sums, Signature, SealKey];

    private readonly string path;
    private readonly Dictionary<string, (long Offset, long Bytes)> entries = [];

    private EvidenceFile(string path) => this.path = path;

    /// <summary>What is not as it was sealed, as a sentence; null: nothing.</summary>
    public string? Problem { get; private set; }

    /// <summary>The key that sealed it; null: there is none that can be read.</summary>
    public Digest? KeyId { get; private set; }

    public bool Has(string name) => entries.ContainsKey(name);

    /// <exception cref="BucketException">The file cannot be read, or is no export.</exception>
    public static EvidenceFile Open(string path)
    {
        var evidence = new EvidenceFile(path);
        try
        {
            if (!FileKind.IsRegular(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path)) throw new IOException("it is not a regular file");
            using var file = File.OpenRead(path);
            evidence.Index(file);
            evidence.CheckSeal();
            return evidence;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BucketException(BucketFault.Refused, $"{path} cannot be read: {e.Message}", e);
        }
        catch (FormatException e)
        {
            throw new BucketException(BucketFault.Refused, $"{path} is no export of sealtail's, or was damaged: {e.Message}", e);
        }
    }

    public Stream Read(string name, long from)
    {
        var (offset, bytes) = entries[name];
        return new FileSlice(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0), offset + from, bytes - from);
    }

    public byte[] ReadAll(string name)
    {
        if (!entries.TryGetValue(name, out var entry)) throw new FormatException($"It has no {name}.");
        var content = new byte[entry.Bytes];
        using var stream = Read(name, 0);
        stream.ReadExactly(content);
        return content;
    }

    private void Index(FileStream file)
    {
        var blocks = new byte[EvidenceTar.MaxHeaderBytes];
        long at = 0;
        while (true)
        {
            var count = RandomAccess.Read(file.SafeFileHandle, blocks, at);
            if (blocks.AsSpan(0, count).SequenceEqual(EvidenceTar.End)) break; // and nothing after it
            if (EvidenceTar.Parse(blocks.AsSpan(0, count)) is not (var name, var bytes, var header)) throw new FormatException($"At byte {at} there is no header as it writes them.");
            if (!entries.TryAdd(name, (at + header, bytes))) throw new FormatException($"It has {name} twice.");
            at += header + EvidenceTar.PaddedTo(bytes);
            if (at > file.Length) throw new FormatException($"It ends within {name}.");
            var padding = blocks.AsSpan(0, (int)(EvidenceTar.PaddedTo(bytes) - bytes));
            RandomAccess.Read(file.SafeFileHandle, padding, at - padding.Length);
            if (padding.ContainsAnyExcept((byte)0)) Problem ??= $"There are bytes behind the end of {name}.";
        }
    }

    private void CheckSeal()
    {
        var sums = ReadAll(Sums);
        using (var key = VerificationKey.FromPem(Encoding.UTF8.GetString(ReadAll(SealKey))))
        {
            KeyId = key.KeyId;
            if (Encoding.UTF8.GetString(ReadAll(SealKey)) != PemOf(key)) Problem ??= $"{SealKey} is not as it was written.";
            if (!key.Verify(sums, ReadAll(Signature))) Problem ??= $"The seal's signature over {Sums} does not hold.";
        }

        var left = entries.Keys.Except(SealFiles).ToHashSet();
        foreach (var line in Encoding.UTF8.GetString(sums).Split('\n')[..^1])
        {
            if (line.Length < 67 || !Digest.TryParse(line[..64], out var digest) || line[64..66] != "  " || !left.Remove(line[66..])) throw new FormatException($"{Sums} names what is not there.");
            if (DigestOf(line[66..]) != digest) Problem ??= $"{line[66..]} is not as it was sealed.";
        }

        if (left.Count > 0) Problem ??= $"{left.Order(StringComparer.Ordinal).First()} was not sealed.";
    }

    public static string PemOf(VerificationKey key) => PemEncoding.WriteString("PUBLIC KEY", key.Spki) + "\n";

    private Digest DigestOf(string name)
    {
        using var stream = Read(name, 0);
        return new Digest(SHA256.HashData(stream));
    }
}
