using System.Buffers;

namespace Sealtail.Buckets.Gcs;

/// <summary>A whole reply but for media: they are small, and anything longer is not the API speaking.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body; empty if it was too long or could not be read, which only matters for statuses that need one.</param>
/// <param name="RetryAfter">How long the store asks to wait.</param>
internal sealed record GcsReply(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter)
{
    // A page of a thousand long names is some 700 KiB.
    private const int MaxBytes = 8 * 1024 * 1024;

    // A server that wants to be left alone for longer is asked again nevertheless: records are waiting.
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(15);

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <exception cref="BucketException"><see cref="BucketFault.Transient"/>: a success was cut short.</exception>
    public static async Task<GcsReply> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var body = new ArrayBufferWriter<byte>(4096);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (await stream.ReadAsync(body.GetMemory(4096), cancellationToken) is > 0 and var read)
            {
                body.Advance(read);
                if (body.WrittenCount > MaxBytes) throw new IOException($"it is longer than {MaxBytes} bytes");
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            if (response.IsSuccessStatusCode) throw new BucketException(BucketFault.Transient, $"The store's reply was not whole: {e.Message}", e);
            body.Clear(); // the status says enough
        }

        return new GcsReply(status, body.WrittenMemory, RetryAfterOf(response, time));
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, TimeProvider time)
    {
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return asked is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, MaxRetryAfter.Ticks)) : null;
    }
}
