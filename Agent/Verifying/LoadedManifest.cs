using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

internal enum ManifestStanding
{
    /// <summary>A trusted key signed it, and it is the manifest that its name says.</summary>
    Signed,

    /// <summary>A trusted key signed it for this place, but it is no manifest of version 1.</summary>
    Malformed,

    /// <summary>It proves nothing; <see cref="LoadedManifest.Why"/> says why.</summary>
    Unsigned,

    /// <summary>It was listed and could not be read.</summary>
    Unreadable,
}

/// <summary>An object under <c>v1/manifests/</c> with what became of reading it. Manifest and signers are there for the signed.</summary>
internal sealed record LoadedManifest(StoredObject Stored, ManifestName Name, ManifestStanding Standing)
{
    public string? Why { get; init; }

    public Manifest? Manifest { get; init; }

    /// <summary>The manifest's identity.</summary>
    public Digest PayloadSha256 { get; init; }

    public Digest LeafHash { get; init; }

    /// <summary>Other objects hold the same payload: which of them a receipt means, nothing says.</summary>
    public bool HasTwins { get; init; }

    /// <summary>Of one that no trusted key signed: what it is in, with signatures of keys that are not trusted.</summary>
    public Envelope? Untrusted { get; init; }

    /// <summary>Of an epoch's start: what in its envelope is not as its signer wrote it, as a sentence's part; null if nothing is.</summary>
    public string? Alteration { get; init; }

    /// <summary>Of an epoch's start: the key that it names signed it, trusted or not.</summary>
    public bool IsSignedByItsOwnKey { get; init; }

    /// <summary>The trusted keys that signed it.</summary>
    public IReadOnlyList<Digest> Signers { get; init; } = [];
}
