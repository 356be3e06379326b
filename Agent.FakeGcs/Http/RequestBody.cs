namespace Sealtail.FakeGcs.Http;

/// <summary>The request's body, counted, with a place where a scripted stall may hold it.</summary>
internal sealed class RequestBody(Stream inner) : Stream
{
    private long? holdAt;
    private Func<Task>? hold;

    /// <summary>Bytes read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Once so many bytes were read, nothing more is until the task completes.</summary>
    public void HoldAt(long bytes, Func<Task> until)
    {
        holdAt = bytes;
        hold = until;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Count >= holdAt && hold is not null)
        {
            var until = hold;
            hold = null;
            await until();
        }

        var room = hold is null ? buffer.Length : (int)Math.Min(buffer.Length, holdAt.GetValueOrDefault() - Count);
        var read = await inner.ReadAsync(buffer[..room], cancellationToken);
        Count += read;
        return read;
    }

    /// <summary>Reads on until so many bytes were read in all, or to the end.</summary>
    public async Task DrainAsync(long? upTo, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (upTo is null || Count < upTo)
        {
            var room = (int)Math.Min(buffer.Length, (upTo ?? long.MaxValue) - Count);
            if (await ReadAsync(buffer.AsMemory(0, room), cancellationToken) == 0)
                return;
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
