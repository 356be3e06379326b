namespace Sealtail.FakeGcs.Storage;

/// <summary>Where the bytes of one upload go. Appended by one writer, then read by many.</summary>
internal abstract class BlobContent
{
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>No more appends: release what only writing needs.</summary>
    public virtual void Seal()
    {
    }

    /// <summary>Fills as much of the destination as there are bytes from the offset.</summary>
    public abstract int Read(long offset, Span<byte> destination);

    public virtual bool IsReadable => true;

    public virtual void Discard()
    {
    }
}
