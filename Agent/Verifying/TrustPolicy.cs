using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>A key and the streams it may sign. <paramref name="Origin"/> is where it was named, for the report.</summary>
internal sealed record TrustAnchor(StreamGlob Streams, VerificationKey Key, string Origin)
{
    /// <summary>The key signs from then on; null: always did.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The key signs until before then; null: for ever.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Somebody else may have the key since then, wherever it is named; null: nobody has.</summary>
    public DateTimeOffset? CompromisedSince { get; init; }

    public bool IsValidAt(DateTimeOffset time) => !(time < NotBefore) && !(time >= NotAfter);
}

/// <summary>Whom to believe about which stream (docs/format.md, "Trust"), and what to demand of the bucket.</summary>
internal sealed class TrustPolicy(IReadOnlyList<TrustAnchor> anchors) : IDisposable
{
    public IReadOnlyList<TrustAnchor> Anchors => anchors;

    /// <summary>The inventory: every stream that must be there. Null: there is none, and a stream that is missing altogether cannot be seen.</summary>
    public IReadOnlyList<StreamName>? Expected { get; init; }

    /// <summary>The retention that every object must have had from its creation on; null: none is demanded.</summary>
    public TimeSpan? MinimumRetention { get; init; }

    /// <summary>Whether the bucket's retention policy must be locked.</summary>
    public bool RequiresLock { get; init; }

    /// <summary>How long a stream may be silent at most, stopped or not; null: as long as its agent promised.</summary>
    public TimeSpan? MaximumSilence { get; init; }

    /// <summary>The policy's file, with its SHA-256, for the report; null where keys were named one by one.</summary>
    public (string Path, Digest Sha256)? File { get; init; }

    /// <summary>The same with more keys, which it owns from then on.</summary>
    public TrustPolicy With(IReadOnlyList<TrustAnchor> more) => more.Count == 0 ? this
        : new([.. anchors, .. more]) { Expected = Expected, MinimumRetention = MinimumRetention, RequiresLock = RequiresLock, MaximumSilence = MaximumSilence, File = File };

    /// <summary>The keys that may sign the stream, each once.</summary>
    public IReadOnlyList<VerificationKey> KeysFor(StreamName stream) =>
        [.. AnchorsFor(stream).Select(anchor => anchor.Key).DistinctBy(key => key.KeyId)];

    /// <summary>Why a signature by the key proves nothing about the stream at that time; null if nothing speaks against it.</summary>
    /// <param name="stream">What was signed about.</param>
    /// <param name="keyId">Who signed.</param>
    /// <param name="time">When it was signed at the latest.</param>
    /// <param name="isStoreTime">The time is a store's: whoever stole the key can state any other.</param>
    public (FindingKind Kind, string Message)? ObjectionTo(StreamName stream, Digest keyId, DateTimeOffset time, bool isStoreTime)
    {
        // A stolen key is stolen for every stream.
        if (anchors.Where(anchor => anchor.Key.KeyId == keyId).Min(anchor => anchor.CompromisedSince) is { } compromised)
        {
            if (!isStoreTime) return (FindingKind.KeyCompromised, $"Key {keyId} counts as compromised since {Timestamp.Print(compromised)}, and no store's clock tells what was signed before.");
            if (time >= compromised) return (FindingKind.KeyCompromised, $"Key {keyId} counts as compromised since {Timestamp.Print(compromised)}; the store took what it signed at {Timestamp.Print(time)}.");
        }

        return AnchorsFor(stream).Any(anchor => anchor.Key.KeyId == keyId && anchor.IsValidAt(time)) ? null
            : (FindingKind.KeyNotValid, $"Key {keyId} is not trusted for the stream at {Timestamp.Print(time)}.");
    }

    /// <summary>Of those who signed, the one to rest on: the first that nothing speaks against, or else the first, with what does.</summary>
    /// <param name="stream">What was signed about.</param>
    /// <param name="signers">Keys trusted for the stream; at least one.</param>
    /// <param name="time">As for <see cref="ObjectionTo"/>.</param>
    /// <param name="isStoreTime">As for <see cref="ObjectionTo"/>.</param>
    public (Digest KeyId, (FindingKind Kind, string Message)? Objection) Judge(StreamName stream, IReadOnlyList<Digest> signers, DateTimeOffset time, bool isStoreTime)
    {
        var judged = signers.Select(signer => (KeyId: signer, Objection: ObjectionTo(stream, signer, time, isStoreTime))).ToList();
        return judged.Exists(signer => signer.Objection is null) ? judged.First(signer => signer.Objection is null) : judged[0];
    }

    public void Dispose()
    {
        foreach (var anchor in anchors) anchor.Key.Dispose();
    }

    private IEnumerable<TrustAnchor> AnchorsFor(StreamName stream) => anchors.Where(anchor => anchor.Streams.Matches(stream));
}
