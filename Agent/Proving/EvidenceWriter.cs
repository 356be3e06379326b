using System.Security.Cryptography;
using System.Text;
using Sealtail.Buckets.Evidence;
using Sealtail.Chaining;
using Sealtail.Format;

namespace Sealtail.Proving;

/// <summary>Writes an export entry by entry, and seals it at the end.</summary>
internal sealed class EvidenceWriter(Stream file) : IDisposable
{
    private readonly StringBuilder sums = new();
    private readonly byte[] buffer = new byte[128 * 1024];

    public void Add(string name, byte[] content) => Add(name, content.Length, new MemoryStream(content, writable: false));

    /// <exception cref="InvalidDataException">There are more or fewer bytes than were said.</exception>
    public void Add(string name, long bytes, Stream content)
    {
        file.Write(EvidenceTar.Header(name, bytes));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long written = 0;
        while (content.Read(buffer) is > 0 and var count)
        {
            written += count;
            if (written > bytes) break;
            hash.AppendData(buffer, 0, count);
            file.Write(buffer, 0, count);
        }

        if (written != bytes) throw new InvalidDataException($"{name} has other than the {bytes} bytes that were listed.");
        file.Write(new byte[EvidenceTar.PaddedTo(bytes) - bytes]);
        sums.Append(Digest.Of(hash)).Append("  ").Append(name).Append('\n');
    }

    /// <summary>Adds the sums of all entries and the signature over them. Nothing can be added after it.</summary>
    public void Seal(SigningKey key)
    {
        var text = sums.ToString();
        Add(EvidenceFile.Sums, Encoding.UTF8.GetBytes(text));
        Add(EvidenceFile.Signature, key.SignText(text));
        Add(EvidenceFile.SealKey, Encoding.UTF8.GetBytes(EvidenceFile.PemOf(key.Public)));
        file.Write(EvidenceTar.End);
    }

    public void Dispose() => file.Dispose();
}
