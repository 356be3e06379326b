using System.Runtime.CompilerServices;

namespace Sealtail.Buckets.Evidence;

/// <summary>
/// An export in the place of its bucket. It lists every object that the bucket had, with the metadata that the store gave then, and has the bytes of those that
/// proving the exported interval takes.
/// </summary>
internal sealed class EvidenceBucket : IBucket
{
    public const string Extension = ".tar";

    private readonly EvidenceFile file;
    private readonly StoredObject[] objects; // in order of names

    private EvidenceBucket(string path, EvidenceFile file, EvidenceFacts facts, StoredObject[] objects)
    {
        (this.file, Facts, this.objects) = (file, facts, objects);
        Location = $"{path}, an export of {facts.Location}";
        Seal = new ExportSeal($"It was exported from {facts.Location} at {Format.Timestamp.Print(facts.Made)} and sealed by key {file.KeyId}.", file.Problem);
    }

    public string Location { get; }

    public EvidenceFacts Facts { get; }

    public ExportSeal? Seal { get; }

    /// <summary>The store's times, as far as the export is believed: receipts that the node signed are held against them as in the bucket itself.</summary>
    public bool HasStoreClock => Facts.HasStoreClock && file.Problem is null;

    /// <exception cref="BucketException">The file cannot be read, or is no export. One that was altered and can be read says so in <see cref="Seal"/>.</exception>
    public static EvidenceBucket Open(string path)
    {
        var file = EvidenceFile.Open(path);
        try
        {
            var facts = EvidenceFacts.Parse(file.ReadAll(EvidenceFile.Facts));
            var objects = LinesOf(file.ReadAll(EvidenceFile.Metadata)).Select(EvidenceFacts.ObjectOf).ToArray();
            for (var i = 1; i < objects.Length; i++)
                if (string.CompareOrdinal(objects[i - 1].Name, objects[i].Name) >= 0) throw new FormatException($"{EvidenceFile.Metadata} is not in order of names.");
            return new EvidenceBucket(path, file, facts, objects);
        }
        catch (FormatException e)
        {
            throw new BucketException(BucketFault.Refused, $"{path} is no export of sealtail's, or was damaged: {e.Message}", e);
        }
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = Array.BinarySearch(objects, new StoredObject(prefix, 0, null, null, null, null), Comparer<StoredObject>.Create((left, right) => string.CompareOrdinal(left.Name, right.Name)));
        for (var i = from < 0 ? ~from : from; i < objects.Length && objects[i].Name.StartsWith(prefix, StringComparison.Ordinal); i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return objects[i];
        }

        await Task.CompletedTask;
    }

    public Task<Stream> OpenReadAsync(StoredObject stored, long offset, CancellationToken cancellationToken) =>
        file.Has(EvidenceFile.Objects + stored.Name)
            ? Task.FromResult(file.Read(EvidenceFile.Objects + stored.Name, offset))
            : throw new BucketException(BucketFault.NotFound, $"{stored.Name} was not exported: proving the exported interval does not take it.");

    public Task<BucketRetention> GetRetentionAsync(CancellationToken cancellationToken) => Task.FromResult(Facts.Retention);

    public Task<PutOutcome> CreateAsync(Upload upload, CancellationToken cancellationToken) => throw new BucketException(BucketFault.Refused, "Nothing can be added to an export.");

    public void Dispose()
    {
    }

    private static IEnumerable<ReadOnlyMemory<byte>> LinesOf(byte[] text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = Array.IndexOf(text, (byte)'\n', start);
            if (end < 0) throw new FormatException($"{EvidenceFile.Metadata} ends within a line.");
            yield return text.AsMemory(start, end - start);
            start = end + 1;
        }
    }
}
