using Sealtail.Files;

namespace Sealtail.Spooling;

/// <summary>
/// The file <c>chain</c>: two slots for the head and two for the manifest in flight, all of it written once when it is made, so that shipping never
/// needs free space. Each write goes to the slot that does not hold the newest value and is synced: a crash leaves the old value or the new one.
/// Used by one thread.
/// </summary>
internal sealed class ChainFile : IDisposable
{
    public const string Name = "chain";
    public const int HeadSlotBytes = 64 * 1024;
    public const int InFlightSlotBytes = 4096 + Format.Envelope.MaxBytes;
    public const int Bytes = 2 * (HeadSlotBytes + InFlightSlotBytes);

    private readonly string path;
    private readonly DurableFiles files;
    private DurableFile? file; // null after a failed write: what the disk holds is unknown then, and the file is written anew
    private long headGeneration;

    private ChainFile(string path, DurableFiles files, Head head, InFlight? inFlight) => (this.path, this.files, Head, InFlight) = (path, files, head, inFlight);

    public Head Head { get; private set; }

    /// <summary>The newest manifest made durable, settled or not; null: none was yet.</summary>
    public InFlight? InFlight { get; private set; }

    public static long OffsetOfHead(long slot) => slot * HeadSlotBytes;

    public static long OffsetOfInFlight(long slot) => (2 * HeadSlotBytes) + (slot * InFlightSlotBytes);

    /// <summary>Makes the file, or replaces it as a whole. A crash leaves the old one, or none.</summary>
    public static ChainFile Create(string directory, DurableFiles files, Head head, InFlight? inFlight)
    {
        var chain = new ChainFile(Path.Combine(directory, Name), files, head, inFlight);
        chain.WriteAnew();
        return chain;
    }

    /// <summary>Opens a file whose slots were read as <paramref name="slots"/>, all of its length there; damaged slots are written over.</summary>
    public static ChainFile Open(string directory, DurableFiles files, ChainSlots slots, Head head, InFlight? inFlight)
    {
        var newest = slots.NewestHead ?? throw new ArgumentException("No head is whole.", nameof(slots));
        var chain = new ChainFile(Path.Combine(directory, Name), files, head, inFlight) { headGeneration = newest.Generation };
        chain.file = files.OpenExisting(chain.path);

        // A head slot is damaged, or the newest head was found to be one behind a manifest in flight: its successor takes the other slot.
        if (slots.AnyHeadDamaged || !ReferenceEquals(head, newest.Head)) chain.WriteHead(head);
        for (var slot = 0; slot < slots.InFlight.Length; slot++)
            if (slots.InFlight[slot] is null)
                chain.Write(new Frame(FrameKind.InFlight, Frame.CurrentVersion, 0, ReadOnlyMemory<byte>.Empty), OffsetOfInFlight(slot), InFlightSlotBytes);

        return chain;
    }

    /// <summary>Durable when it returns. After an exception the old head counts; the next write makes the file anew.</summary>
    public void WriteHead(Head head)
    {
        if (file is null) WriteAnew();
        var generation = headGeneration + 1;
        Write(new Frame(FrameKind.Head, Frame.CurrentVersion, generation, HeadDocument.Write(head)), OffsetOfHead(generation % 2), HeadSlotBytes);
        (Head, headGeneration) = (head, generation);
    }

    /// <summary>Durable when it returns: the manifest's first byte may leave.</summary>
    public InFlight WriteInFlight(long? entryNumber, byte[] envelope, byte[] payload, Format.Manifest manifest)
    {
        var next = new InFlight(Math.Max(InFlight?.Generation ?? 0, Head.SettledInFlight) + 1, entryNumber, envelope, payload, manifest);
        if (file is null) WriteAnew();
        Write(next.ToFrame(), OffsetOfInFlight(next.Generation % 2), InFlightSlotBytes);
        InFlight = next;
        return next;
    }

    public void Dispose() => file?.Dispose();

    private void Write(Frame frame, long offset, int room)
    {
        var target = file ?? throw new InvalidOperationException("The chain file is not open.");
        var bytes = frame.ToBytes();
        if (bytes.Length > room) throw new InvalidOperationException($"{bytes.Length} bytes do not fit a slot of {room} in {path}.");
        file = null;
        try
        {
            target.Write(bytes, offset);
            target.Sync(); // A crash before this leaves the slot torn; the other one still holds the value before.
            file = target;
        }
        finally
        {
            if (file is null) target.Dispose();
        }
    }

    private void WriteAnew()
    {
        var content = new byte[Bytes];
        headGeneration++;
        for (var generation = headGeneration; generation < headGeneration + 2; generation++)
            new Frame(FrameKind.Head, Frame.CurrentVersion, generation, HeadDocument.Write(Head)).ToBytes().CopyTo(content.AsSpan((int)OffsetOfHead(generation % 2), HeadSlotBytes));

        headGeneration++;
        for (var slot = 0; slot < 2; slot++)
        {
            var frame = InFlight is { } newest && newest.Generation % 2 == slot ? newest.ToFrame() : new Frame(FrameKind.InFlight, Frame.CurrentVersion, 0, ReadOnlyMemory<byte>.Empty);
            frame.ToBytes().CopyTo(content.AsSpan((int)OffsetOfInFlight(slot), InFlightSlotBytes));
        }

        // Every byte is written, not only reserved: what is overwritten later then needs no block and no metadata.
        files.WriteAtomically(path, content);
        file = files.OpenExisting(path);
    }
}
