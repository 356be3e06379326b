using System.Buffers.Binary;
using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>
/// A signed manifest made durable before its first byte leaves: after a crash the same bytes are sent again. <see cref="Generation"/> counts them.
/// <see cref="EntryNumber"/> is the spool entry that it binds, null for other kinds.
/// </summary>
internal sealed record InFlight(long Generation, long? EntryNumber, byte[] Envelope, byte[] Payload, Manifest Manifest)
{
    public bool IsEpochStart => Manifest.Start is not null;

    public ManifestLink Link { get; } = new(Manifest.Epoch, Manifest.Sequence, Digest.Of(Payload));

    /// <summary>Whether this manifest can have been made while <paramref name="head"/> was the newest head.</summary>
    public bool Follows(Head head)
    {
        if (Manifest.Lineage != head.Lineage)
            // Left from before a loss of state; or the first claim of a lineage that began when the very first claim was missed.
            return head.Newest is null && (Manifest.Start is not null || head.NextCause is StartCause.StateLost or StartCause.StateCorrupt);
        if (Manifest.Start is { } start) return start.PreviousEpoch == head.Newest;
        return head.Newest is { } newest && newest.Epoch == Manifest.Epoch && newest.Sequence + 1 == Manifest.Sequence && newest.PayloadSha256 == Manifest.Previous;
    }

    public Frame ToFrame()
    {
        var payload = new byte[sizeof(long) + Envelope.Length];
        BinaryPrimitives.WriteInt64LittleEndian(payload, EntryNumber ?? 0);
        Envelope.CopyTo(payload, sizeof(long));
        return new Frame(FrameKind.InFlight, Frame.CurrentVersion, Generation, payload);
    }

    /// <summary>Null for the empty frame of a slot that was never used.</summary>
    /// <exception cref="FormatException">The frame holds no manifest.</exception>
    public static InFlight? Parse(Frame frame)
    {
        if (frame.Payload.IsEmpty) return null;
        if (frame.Payload.Length < sizeof(long)) throw new FormatException("The manifest in flight has no entry number.");
        var number = BinaryPrimitives.ReadInt64LittleEndian(frame.Payload.Span);
        var envelope = frame.Payload[sizeof(long)..].ToArray();
        var payload = Format.Envelope.Parse(envelope).Payload;
        return new InFlight(frame.Generation, number == 0 ? null : number, envelope, payload, ManifestReader.Parse(payload));
    }
}
