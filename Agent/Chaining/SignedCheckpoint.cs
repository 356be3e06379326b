using Sealtail.Format;

namespace Sealtail.Chaining;

/// <summary>A checkpoint as it goes to the store. It is kept nowhere: one that is lost is made anew, over as many manifests or more.</summary>
internal sealed record SignedCheckpoint(CheckpointName Name, byte[] Bytes, Checkpoint Checkpoint)
{
    public const string ContentType = "text/plain; charset=utf-8";

    public static SignedCheckpoint Sign(Checkpoint checkpoint, SigningKey key)
    {
        var note = new SignedNote(checkpoint.Text, [new NoteSignature(checkpoint.Origin, SignedNote.KeyHashOf(key.Public), key.SignText(checkpoint.Text))]);
        var bytes = note.ToBytes();
        return new SignedCheckpoint(new CheckpointName(checkpoint.Stream, checkpoint.Epoch, checkpoint.Size, Digest.Of(bytes)), bytes, checkpoint);
    }
}
