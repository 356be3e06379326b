using System.Text.Json;
using System.Text.Unicode;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>One record's bytes, kept up to the 1 MiB within which a manifest tells what the record says of itself (docs/format.md, "Kinds").</summary>
internal sealed class RecordText
{
    private const int MaxBytes = 1 << 20;
    private const int MaxDepth = 64;
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
        if (length + piece.Length > MaxBytes)
        {
            isTooLong = true;
            bytes = [];
            return;
        }

        if (length + piece.Length > bytes.Length) Array.Resize(ref bytes, Math.Min(MaxBytes, Math.Max(2 * bytes.Length, length + piece.Length)));
        piece.CopyTo(bytes.AsSpan(length));
        length += piece.Length;
    }

    /// <summary>Null unless the record is one JSON object in UTF-8 of at most 64 levels and 1 MiB.</summary>
    public RecordSummary? Summarize()
    {
        if (isTooLong || length == 0 || !Utf8.IsValid(bytes.AsSpan(0, length))) return null;
        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(0, length), new JsonDocumentOptions { MaxDepth = MaxDepth });
            var record = document.RootElement;
            return record.ValueKind == JsonValueKind.Object
                ? new RecordSummary(Text(record, "auditID"), Text(record, "stage"), Text(record, "stageTimestamp"))
                : null;
        }
        catch (JsonException)
        {
            return null; // any bytes may stand in an audit log
        }
    }

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

    private static string? Text(JsonElement record, string name)
    {
        if (!record.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString() is { } text ? ForeignText.Cut(text) : null;
        }
        catch (InvalidOperationException)
        {
            return null; // an escaped lone surrogate: JSON, but no text
        }
    }
}
