namespace Sealtail.FakeGcs.Storage;

/// <summary>Bytes that were hashed and dropped.</summary>
internal sealed class NoContent : BlobContent
{
    public override bool IsReadable => false;

    public override void Append(ReadOnlySpan<byte> bytes)
    {
    }

    public override int Read(long offset, Span<byte> destination) => 0;
}
