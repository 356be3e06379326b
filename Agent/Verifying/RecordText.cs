using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>One record's bytes, kept up to the 1 MiB within which a manifest tells what the record says of itself.</summary>
internal sealed class RecordText
{
    private const int EndBytes = 3;

    private readonly byte[] end = new byte[EndBytes];
    private int endLength;
    private byte[] bytes = [];
    private int length;
    private bool isTooLong;

    public byte FirstByte { get; private set; }

    /// <summary>Its last bytes, up to three.</summary>
    public ReadOnlySpan<byte> LastBytes => end.AsSpan(0, endLength);

    public void Clear() => (length, endLength, isTooLong) = (0, 0, false);

    public void Append(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty) return;
        if (endLength == 0) FirstByte = piece[0];
        KeepEnd(piece);
        if (isTooLong) return;
        if (length + piece.Length > RecordSummary.MostBytes)
        {
            isTooLong = true;
            bytes = [];
            return;
        }

        if (length + piece.Length > bytes.Length) Array.Resize(ref bytes, Math.Min(RecordSummary.MostBytes, Math.Max(2 * bytes.Length, length + piece.Length)));
        piece.CopyTo(bytes.AsSpan(length));
        length += piece.Length;
    }

    public RecordSummary? Summarize() => isTooLong ? null : RecordSummary.Of(bytes.AsSpan(0, length));

    private void KeepEnd(ReadOnlySpan<byte> piece)
    {
        Span<byte> joined = stackalloc byte[2 * EndBytes];
        LastBytes.CopyTo(joined);
        var tail = piece[^Math.Min(EndBytes, piece.Length)..];
        tail.CopyTo(joined[endLength..]);
        var total = endLength + tail.Length;
        endLength = Math.Min(EndBytes, total);
        joined[(total - endLength)..total].CopyTo(end);
    }
}
