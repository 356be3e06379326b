namespace Sealtail.Buckets;

/// <summary>A bucket whose every reply is shown to the retention monitor, and which takes nothing while the monitor holds uploads back.</summary>
internal sealed class WatchedBucket(IBucket bucket, RetentionMonitor monitor) : IBucket
{
    public string Location => bucket.Location;

    public bool HasStoreClock => bucket.HasStoreClock;

    public CredentialStatus? Credential => bucket.Credential;

    public async Task<PutOutcome> CreateAsync(Upload upload, CancellationToken cancellationToken)
    {
        // Whoever wants uploads held back does not want the first one to find out.
        if (monitor.StopsOnViolation && !monitor.HasLooked) await monitor.LookAsync(bucket, cancellationToken);
        if (monitor.HoldsUpload() is { } reason) throw new BucketException(BucketFault.Refused, $"Uploads are held back by output.retention.on_violation: {reason}");
        var outcome = await bucket.CreateAsync(upload, cancellationToken);
        if (outcome.Receipt is { } receipt) monitor.Observe(receipt);
        return outcome;
    }

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken) => bucket.ListAsync(prefix, cancellationToken);

    public IAsyncEnumerable<FolderEntry> ListFolderAsync(string folder, CancellationToken cancellationToken) => bucket.ListFolderAsync(folder, cancellationToken);

    public Task<Stream> OpenReadAsync(StoredObject stored, long offset, CancellationToken cancellationToken) => bucket.OpenReadAsync(stored, offset, cancellationToken);

    public Task<BucketRetention> GetRetentionAsync(CancellationToken cancellationToken) => bucket.GetRetentionAsync(cancellationToken);

    public Task<IReadOnlySet<string>?> TestPermissionsAsync(IReadOnlyList<string> permissions, CancellationToken cancellationToken) => bucket.TestPermissionsAsync(permissions, cancellationToken);

    public void Dispose() => bucket.Dispose();
}
