using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sealtail.Spooling;

internal enum EntryPart { Record, Chunk }

/// <summary>A file of one entry: <c>000000000012.entry</c> is its record, <c>000000000012.chunk</c> the chunk's object bytes.</summary>
internal readonly record struct EntryFile(long Number, EntryPart Part)
{
    private const int Digits = 12;

    public static bool TryParse([NotNullWhen(true)] string? text, out EntryFile file)
    {
        file = default;
        if (text is null || text.Length < Digits || !long.TryParse(text.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        file = new EntryFile(number, text.EndsWith(".chunk", StringComparison.Ordinal) ? EntryPart.Chunk : EntryPart.Record);
        return file.ToString() == text;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number:D12}.{(Part == EntryPart.Chunk ? "chunk" : "entry")}");
}
