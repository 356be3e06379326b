using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>The chain file as found on disk: each slot's value, or null where it is damaged.</summary>
internal sealed record ChainSlots(HeadSlot?[] Heads, InFlightSlot?[] InFlight, bool Whole)
{
    public HeadSlot? NewestHead => Heads.OfType<HeadSlot>().MaxBy(slot => slot.Generation);

    public bool AnyHeadDamaged => Heads.Contains(null);

    public bool AnyInFlightDamaged => InFlight.Contains(null);

    /// <summary>The whole manifests, newest first.</summary>
    public IReadOnlyList<InFlight> Manifests => [.. InFlight.Select(slot => slot?.Manifest).OfType<InFlight>().OrderByDescending(manifest => manifest.Generation)];

    /// <exception cref="SpoolException">A slot is of a newer version.</exception>
    public static ChainSlots Read(string path)
    {
        var bytes = File.ReadAllBytes(path).AsMemory();
        return new ChainSlots(
            [ReadHead(path, bytes, 0), ReadHead(path, bytes, 1)],
            [ReadInFlight(path, bytes, 0), ReadInFlight(path, bytes, 1)],
            bytes.Length == ChainFile.Bytes);
    }

    private static HeadSlot? ReadHead(string path, ReadOnlyMemory<byte> file, long slot) =>
        ReadSlot(path, file, FrameKind.Head, ChainFile.OffsetOfHead(slot), ChainFile.HeadSlotBytes, frame => new HeadSlot(frame.Generation, HeadDocument.Parse(frame.Payload)));

    private static InFlightSlot? ReadInFlight(string path, ReadOnlyMemory<byte> file, long slot) =>
        ReadSlot(path, file, FrameKind.InFlight, ChainFile.OffsetOfInFlight(slot), ChainFile.InFlightSlotBytes, frame => new InFlightSlot(Spooling.InFlight.Parse(frame)));

    private static T? ReadSlot<T>(string path, ReadOnlyMemory<byte> file, FrameKind kind, long offset, int room, Func<Frame, T> parse) where T : class
    {
        if (offset >= file.Length) return null; // cut off
        var slot = file[(int)offset..(int)Math.Min(file.Length, offset + room)];
        if (Frame.Parse(slot.Span, kind) is not { } frame) return null;
        frame.RequireKnownVersion(path);
        try
        {
            return parse(frame);
        }
        catch (FormatException)
        {
            return null; // whole, and yet not ours: as good as damaged, and reported as such by recovery
        }
    }
}

internal sealed record HeadSlot(long Generation, Head Head);

/// <summary>A whole slot; <c>Manifest</c> is null while it was never used.</summary>
internal sealed record InFlightSlot(InFlight? Manifest);
