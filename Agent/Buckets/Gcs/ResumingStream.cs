using System.Buffers;

namespace Sealtail.Buckets.Gcs;

/// <summary>
/// An object's bytes from some offset to its end. Where the connection breaks or stalls, it asks for the rest: the reader sees one unbroken stream,
/// or a <see cref="BucketException"/>.
/// </summary>
internal sealed class ResumingStream : Stream
{
    private const int MaxBreaks = 5; // without a byte in between
    private const int MostBreaks = 20; // of the whole object
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Func<long, CancellationToken, Task<Stream>> open;
    private readonly TimeProvider time;
    private readonly long end;
    private Stream body;
    private long position;
    private int broken;

    /// <param name="body">The bytes from <paramref name="position"/> on.</param>
    /// <param name="position">Where the reader starts.</param>
    /// <param name="end">The object's length.</param>
    /// <param name="open">Asks for the bytes from an offset on; repeats what is worth repeating.</param>
    /// <param name="time">The clock of stalls.</param>
    public ResumingStream(Stream body, long position, long end, Func<long, CancellationToken, Task<Stream>> open, TimeProvider time) =>
        (this.body, this.position, this.end, this.open, this.time) = (body, position, end, open, time);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        for (var breaks = 0; ; breaks++)
        {
            try
            {
                var read = await ReadOnceAsync(buffer, cancellationToken);
                position += read;
                return read;
            }
            catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                if (breaks == MaxBreaks) throw new BucketException(BucketFault.Transient, $"Reading broke off {MaxBreaks + 1} times at byte {position}: {e.Message}", e) { IsFinal = true };
                if (broken++ == MostBreaks) throw new BucketException(BucketFault.Transient, $"Reading broke off {broken} times, at last at byte {position}: {e.Message}", e) { IsFinal = true };
            }

            await body.DisposeAsync();
            body = await open(position, cancellationToken);
        }
    }

    // For readers such as decompressors that were never taught to wait otherwise; they run on threads of their own.
    public override int Read(Span<byte> buffer)
    {
        var copy = ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            var read = Read(copy, 0, buffer.Length);
            copy.AsSpan(0, read).CopyTo(buffer);
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) body.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var stalled = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stalled.Token, cancellationToken);
        var read = await body.ReadAsync(buffer, either.Token);
        return read > 0 || position >= end ? read : throw new IOException("the connection ended early");
    }
}
