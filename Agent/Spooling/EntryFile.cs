using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sealtail.Spooling;

internal enum EntryPart { Record, Chunk, Done }

/// <summary>
/// A file of one entry: <c>000000000012.entry</c> is its record, <c>000000000012.chunk</c> the chunk's object bytes; the empty
/// <c>000000000012.done</c> stands beside a record that is kept without its chunk, so that no lost chunk can pass for a shipped one.
/// </summary>
internal readonly record struct EntryFile(long Number, EntryPart Part)
{
    private const int Digits = 12;

    public static bool TryParse([NotNullWhen(true)] string? text, out EntryFile file)
    {
        file = default;
        if (text is null || text.Length <= Digits || !long.TryParse(text.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        foreach (var part in Enum.GetValues<EntryPart>())
            if (text.AsSpan(Digits).SequenceEqual(Extension(part)))
                file = new EntryFile(number, part);
        return file.ToString() == text;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number:D12}{Extension(Part)}");

    private static string Extension(EntryPart part) => part switch
    {
        EntryPart.Record => ".entry",
        EntryPart.Chunk => ".chunk",
        EntryPart.Done => ".done",
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };
}
