using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sealtail.Format;

namespace Sealtail.Sealing;

/// <summary>Keeps one record's bytes, for what the manifest says of a chunk's first and last record; none beyond 1 MiB (docs/format.md, "Kinds").</summary>
internal sealed class RecordKeeper
{
    private const int MaxBytes = 1 << 20;
    private const int MaxDepth = 64;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    private byte[] bytes = new byte[4096];
    private int length;
    private bool tooLong;

    public void Clear() => (length, tooLong) = (0, false);

    public void Append(ReadOnlySpan<byte> piece)
    {
        if (tooLong) return;
        if (length + piece.Length > MaxBytes)
        {
            tooLong = true;
            return;
        }

        if (length + piece.Length > bytes.Length) Array.Resize(ref bytes, Math.Min(MaxBytes, Math.Max(2 * bytes.Length, length + piece.Length)));
        piece.CopyTo(bytes.AsSpan(length));
        length += piece.Length;
    }

    /// <summary>What the record says of itself; null unless it is one JSON object in UTF-8 of at most 64 levels.</summary>
    public RecordSummary? Summarize()
    {
        if (tooLong || length == 0 || !Utf8.IsValid(bytes.AsSpan(0, length))) return null;
        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(0, length), Options);
            var record = document.RootElement;
            return record.ValueKind == JsonValueKind.Object
                ? new RecordSummary(Text(record, "auditID"), Text(record, "stage"), Text(record, "stageTimestamp"))
                : null;
        }
        catch (JsonException)
        {
            return null; // clients and torn writes put anything there: the bytes are shipped as they are
        }
    }

    // An escaped lone surrogate is valid JSON and no text: the member is left out.
    private static string? Text(JsonElement record, string name)
    {
        if (!record.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
