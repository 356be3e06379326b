using System.Collections.Concurrent;
using Sealtail.Buckets;

namespace Sealtail.Proving;

/// <summary>A bucket that remembers which of its objects were opened.</summary>
internal sealed class RecordingBucket(IBucket bucket) : IBucket
{
    private readonly ConcurrentDictionary<string, byte> opened = [];

    public string Location => bucket.Location;

    public bool HasStoreClock => bucket.HasStoreClock;

    public ExportSeal? Seal => bucket.Seal;

    public bool WasOpened(StoredObject stored) => opened.ContainsKey(stored.Name);

    public Task<Stream> OpenReadAsync(StoredObject stored, long offset, CancellationToken cancellationToken)
    {
        opened.TryAdd(stored.Name, 0);
        return bucket.OpenReadAsync(stored, offset, cancellationToken);
    }

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => bucket.ListAsync(prefix, cancellationToken);

    public IAsyncEnumerable<FolderEntry> ListFolderAsync(string folder, CancellationToken cancellationToken) => bucket.ListFolderAsync(folder, cancellationToken);

    public Task<BucketRetention> GetRetentionAsync(CancellationToken cancellationToken) => bucket.GetRetentionAsync(cancellationToken);

    public Task<PutOutcome> CreateAsync(Upload upload, CancellationToken cancellationToken) => bucket.CreateAsync(upload, cancellationToken);

    public void Dispose() => bucket.Dispose();
}
