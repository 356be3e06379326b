using System.Runtime.CompilerServices;
using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Tampering;

/// <summary>
/// A bucket in memory that keeps the laws of one (write-once, ordinal listing, checked checksums) and lets a test act as the intruder who does not:
/// <see cref="Replace"/>, <see cref="Remove"/> and <see cref="Fail"/>.
/// </summary>
internal sealed class MemoryBucket : IBucket
{
    private readonly Lock gate = new(); // guards objects and faults: verifying reads from many threads
    private readonly SortedDictionary<string, Stored> objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BucketFault> faults = [];

    public string Location => "gs://memory";

    public bool HasStoreClock { get; set; } = true;

    /// <summary>Whether listing tells a checksum, as GCS does and a directory does not.</summary>
    public bool HasChecksums { get; set; } = true;

    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>The retention that every object has from its creation on, and that the bucket says it enforces; null: none.</summary>
    public TimeSpan? Retention { get; set; }

    public bool IsLocked { get; set; }

    /// <summary>Whether who looks may see the bucket's retention.</summary>
    public bool IsRetentionKnown { get; set; } = true;

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (gate) return [.. objects.Keys];
        }
    }

    public byte[] this[string name]
    {
        get
        {
            lock (gate) return objects[name].Bytes;
        }
    }

    /// <summary>Stores or overwrites the object, whatever a write-once store would say.</summary>
    public void Replace(string name, byte[] bytes, DateTimeOffset? created = null)
    {
        lock (gate)
        {
            var time = created ?? (objects.TryGetValue(name, out var old) ? old.Created : Now);
            objects[name] = new Stored(bytes, time, GenerationOf(time));
        }
    }

    public bool Has(string name)
    {
        lock (gate) return objects.ContainsKey(name);
    }

    public void Remove(string name)
    {
        lock (gate)
            if (!objects.Remove(name))
                throw new ArgumentException($"There is no {name}.", nameof(name));
    }

    /// <summary>Every read of the object from now on fails so; every listing, if the name ends with <c>/</c> and is listed under.</summary>
    public void Fail(string name, BucketFault fault)
    {
        lock (gate) faults[name] = fault;
    }

    /// <summary>Another bucket with the same objects.</summary>
    public MemoryBucket Copy()
    {
        var copy = new MemoryBucket { HasStoreClock = HasStoreClock, HasChecksums = HasChecksums, Now = Now };
        lock (gate)
        {
            foreach (var (name, stored) in objects) copy.objects.Add(name, stored);
        }

        return copy;
    }

    /// <summary>Writes all objects as files of a folder.</summary>
    public void SaveTo(string folder)
    {
        foreach (var name in Names)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // an object's path has a folder
            File.WriteAllBytes(path, this[name]);
        }
    }

    /// <summary>The generation that this bucket gives to an object created then.</summary>
    public static string GenerationOf(DateTimeOffset created) => (created.ToUnixTimeMilliseconds() * 1000).ToString();

    public Task<PutOutcome> CreateAsync(Upload upload, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        using (var source = upload.Open()) source.CopyTo(bytes);
        if (bytes.Length != upload.Bytes || Crc32C.Of(bytes.ToArray()).Value != upload.Crc32C)
            throw new BucketException(BucketFault.Damaged, $"{upload.Name} arrived with another size or checksum.");
        lock (gate)
        {
            if (!objects.TryAdd(upload.Name, new Stored(bytes.ToArray(), Now, GenerationOf(Now)))) return Task.FromResult(PutOutcome.AlreadyThere);
        }

        return Task.FromResult(new PutOutcome(true, new StoreReceipt(GenerationOf(Now), Now, null)));
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        KeyValuePair<string, Stored>[] found;
        lock (gate)
        {
            if (faults.FirstOrDefault(fault => fault.Key.EndsWith('/') && prefix.StartsWith(fault.Key, StringComparison.Ordinal)) is { Key: not null } listing) throw Fault(listing.Key, listing.Value);
            found = [.. objects.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal))];
        }

        foreach (var (name, stored) in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new StoredObject(name, stored.Bytes.Length, HasChecksums ? Crc32C.Of(stored.Bytes).Value : null, stored.Generation, stored.Created, stored.Created + Retention);
        }

        await Task.CompletedTask;
    }

    public Task<Stream> OpenReadAsync(StoredObject stored, long offset, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (faults.TryGetValue(stored.Name, out var fault)) throw Fault(stored.Name, fault);
            if (!objects.TryGetValue(stored.Name, out var found) || found.Generation != stored.Generation) throw Fault(stored.Name, BucketFault.NotFound);
            return Task.FromResult<Stream>(new MemoryStream(found.Bytes, (int)offset, found.Bytes.Length - (int)offset, writable: false));
        }
    }

    public Task<BucketRetention> GetRetentionAsync(CancellationToken cancellationToken) =>
        Task.FromResult(!IsRetentionKnown ? new BucketRetention(Known: false, Enforced: false, Locked: false, Period: null, Versioning: false, "The bucket's retention may not be looked at.")
            : new BucketRetention(Known: true, Enforced: Retention is not null, IsLocked, Retention, Versioning: false, Retention is null ? "The bucket has no retention." : IsLocked ? "The bucket's retention is locked." : "The bucket's retention is not locked."));

    public void Dispose()
    {
    }

    private static BucketException Fault(string name, BucketFault fault) => new(fault, $"{name}: {fault}.");

    private readonly record struct Stored(byte[] Bytes, DateTimeOffset Created, string Generation);
}
