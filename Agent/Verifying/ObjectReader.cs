using Polly;
using Sealtail.Buckets;

namespace Sealtail.Verifying;

/// <summary>Reads objects, again if the store breaks off.</summary>
internal sealed class ObjectReader(IBucket bucket, ResiliencePipeline retry)
{
    /// <summary>What <paramref name="use"/> makes of the object's bytes; it may run several times, each from the start.</summary>
    /// <exception cref="BucketException">The object cannot be read, however often it is tried.</exception>
    public async Task<T> ReadAsync<T>(StoredObject stored, Func<Stream, CancellationToken, T> use, CancellationToken cancellationToken)
    {
        try
        {
            return await retry.ExecuteAsync(async token => await ReadOnceAsync(stored, use, token), cancellationToken);
        }
        catch (Exception e) when (e is not BucketException && BucketRetry.AsFault(e) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>The whole of a small object: as many bytes as were listed, and one more if there are more, so that it is seen to be another one.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public Task<byte[]> ReadAllAsync(StoredObject stored, CancellationToken cancellationToken) => ReadAsync(stored, (stream, _) =>
    {
        var buffer = new byte[stored.Bytes + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return buffer[..length];
    }, cancellationToken);

    /// <summary>As <see cref="ReadAllAsync"/>, into the buffer, where it takes no waiting; null: it does.</summary>
    public int? TryReadNow(StoredObject stored, Span<byte> buffer) => bucket.TryReadNow(stored, buffer);

    private async Task<T> ReadOnceAsync<T>(StoredObject stored, Func<Stream, CancellationToken, T> use, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await bucket.OpenReadAsync(stored, 0, cancellationToken);
            return use(stream, cancellationToken);
        }
        catch (IOException e)
        {
            throw new BucketException(BucketFault.Transient, $"Reading {stored.Name} broke off: {e.Message}", e);
        }
    }
}
