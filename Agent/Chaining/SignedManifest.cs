using Sealtail.Format;

namespace Sealtail.Chaining;

/// <summary>
/// A manifest as it goes to the store: durable on this node before anyone sees it, so that a resend has the same bytes.
/// <paramref name="EntryNumber"/> is the spool entry that it binds, null for other kinds.
/// </summary>
internal sealed record SignedManifest(ManifestName Name, byte[] Envelope, Manifest Manifest, Digest PayloadSha256, long? EntryNumber)
{
    public const string ContentType = "application/json";

    public bool IsEpochStart => Manifest.Kind == ManifestKind.EpochStart;
}
