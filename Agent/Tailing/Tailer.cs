using Microsoft.Extensions.Logging;
using Sealtail.Format;

namespace Sealtail.Tailing;

internal sealed partial class Tailer : IDisposable
{
    private Tailer() => throw new NotImplementedException();

    public static Tailer Open(TailOptions options, ReadOnlyMemory<byte>? state, TimeProvider time, ILogger logger) => throw new NotImplementedException();

    public TailStep Read() => throw new NotImplementedException();

    public void Advance(int bytes) => throw new NotImplementedException();

    public byte[] Capture() => throw new NotImplementedException();

    public void Committed() => throw new NotImplementedException();

    public void Rewind() => throw new NotImplementedException();

    public void Look() => throw new NotImplementedException();

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => throw new NotImplementedException();

    public SourceStatus Status => throw new NotImplementedException();

    public SourceRange? Position => throw new NotImplementedException();

    public long LagBytes => throw new NotImplementedException();

    public TailCounts Counts => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
