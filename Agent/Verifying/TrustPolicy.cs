using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>A key and the streams it may sign. <paramref name="Origin"/> is where it was named, for the report.</summary>
internal sealed record TrustAnchor(StreamGlob Streams, VerificationKey Key, string Origin);

/// <summary>Whom to believe about which stream (design §3.5).</summary>
internal sealed class TrustPolicy(IReadOnlyList<TrustAnchor> anchors) : IDisposable
{
    public IReadOnlyList<TrustAnchor> Anchors => anchors;

    /// <summary>The keys that may sign the stream, each once.</summary>
    public IReadOnlyList<VerificationKey> KeysFor(StreamName stream) =>
        [.. anchors.Where(anchor => anchor.Streams.Matches(stream)).Select(anchor => anchor.Key).DistinctBy(key => key.KeyId)];

    public void Dispose()
    {
        foreach (var anchor in anchors) anchor.Key.Dispose();
    }
}
