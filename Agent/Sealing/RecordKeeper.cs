using Sealtail.Format;

namespace Sealtail.Sealing;

/// <summary>Keeps one record's bytes, for what the manifest says of a chunk's first and last record; none beyond 1 MiB.</summary>
internal sealed class RecordKeeper
{
    private byte[] bytes = new byte[4096];
    private int length;
    private bool tooLong;

    public void Clear() => (length, tooLong) = (0, false);

    public void Append(ReadOnlySpan<byte> piece)
    {
        if (tooLong) return;
        if (length + piece.Length > RecordSummary.MostBytes)
        {
            tooLong = true;
            return;
        }

        if (length + piece.Length > bytes.Length) Array.Resize(ref bytes, Math.Min(RecordSummary.MostBytes, Math.Max(2 * bytes.Length, length + piece.Length)));
        piece.CopyTo(bytes.AsSpan(length));
        length += piece.Length;
    }

    public RecordSummary? Summarize() => tooLong ? null : RecordSummary.Of(bytes.AsSpan(0, length));
}
