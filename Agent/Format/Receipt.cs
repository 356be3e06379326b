namespace Sealtail.Format;

internal enum ReceiptObject { Chunk, Manifest }

internal enum PutResult { Created, Exists }

/// <summary>
/// The store's reply to an upload, as a later manifest repeats it: a two-sided time bracket by the store's clock (docs/format.md, "Receipts and time").
/// A chunk's receipt carries the sequence of the manifest that names it. Members the store did not give are null.
/// </summary>
internal sealed record Receipt(
    long Epoch,
    long Sequence,
    ReceiptObject Object,
    PutResult Put,
    string? Generation,
    DateTimeOffset? TimeCreated,
    DateTimeOffset? RetentionExpirationTime);
