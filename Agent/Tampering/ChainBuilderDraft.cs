using System.Security.Cryptography;
using Sealtail.Format;

namespace Sealtail.Tampering;

/// <summary>
/// One manifest to be written by <see cref="ChainBuilder"/>. What ties it to the others (previous, log, totals, receipts, subject, link, the chunk's
/// facts) is computed at writing, so that a change here is mended in everything after it, as a lying signer would. <see cref="Change"/> has the last word.
/// </summary>
internal sealed class ChainBuilderDraft
{
    /// <summary>What it says, besides what is computed.</summary>
    public required Manifest Manifest { get; set; }

    public required DateTimeOffset Created { get; set; }

    /// <summary>When the chunk object was created.</summary>
    public required DateTimeOffset ChunkCreated { get; set; }

    /// <summary>The chunk's records; null where there is no chunk.</summary>
    public byte[]? Plain { get; set; }

    /// <summary>The chunk's object, if not simply gzip of <see cref="Plain"/>.</summary>
    public byte[]? Stored { get; set; }

    /// <summary>The manifest that an epoch's start links to.</summary>
    public ChainBuilderDraft? Link { get; set; }

    public required ECDsa Key { get; set; }

    /// <summary>Signs the envelope besides, as the old key does when keys change.</summary>
    public ECDsa? Cosigner { get; set; }

    /// <summary>Changes the statement after all that is computed, before it is signed.</summary>
    public Func<Manifest, Manifest>? Change { get; set; }

    /// <summary>Changes the payload's bytes before they are signed.</summary>
    public Func<byte[], byte[]>? ChangePayload { get; set; }

    /// <summary>Changes the signed envelope's bytes before the object is named by them.</summary>
    public Func<byte[], byte[]>? ChangeEnvelope { get; set; }

    /// <summary>Just before it was signed the store got a checkpoint of all manifests before it in their epoch, which it names.</summary>
    public bool IsCheckpointed { get; set; }

    /// <summary>The object is not stored, though the chain goes on from it.</summary>
    public bool IsAbsent { get; set; }

    /// <summary>The chunk is not stored.</summary>
    public bool ChunkIsAbsent { get; set; }

    // Known once written.
    public string Name { get; set; } = "";

    public string ChunkName { get; set; } = "";

    /// <summary>Of the checkpoint that it names.</summary>
    public string CheckpointName { get; set; } = "";

    public byte[] Payload { get; set; } = [];

    public Digest PayloadSha256 => Digest.Of(Payload);
}
