using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>What the trust policy expects to be in the bucket, held against what is.</summary>
internal static class InventoryRules
{
    public static void Judge(TrustPolicy trust, VerifyOptions options, IReadOnlyCollection<StreamName> found, FindingLog findings)
    {
        if (trust.Expected is { } expected)
        {
            foreach (var stream in expected.Where(stream => IsWanted(stream, options) && !found.Contains(stream)))
                findings.Add(FindingKind.StreamMissing, stream.ToString(), null, null, null, "The trust policy expects the stream, and the bucket has no object of it.");
            foreach (var stream in found.Where(stream => !expected.Contains(stream)))
                findings.Add(FindingKind.StreamUnexpected, stream.ToString(), null, null, null, "The trust policy's inventory does not name the stream.");
            return;
        }

        findings.Add(FindingKind.NoInventory, null, null, null, null, "A stream that is missing altogether cannot be seen: there is no inventory to compare with.");
        // Who names one stream in a trust file has seen it somewhere; it need not be in this bucket.
        foreach (var anchor in trust.Anchors.DistinctBy(anchor => anchor.Streams))
            if (anchor.Streams.Literal is { } named && IsWanted(named, options) && !found.Contains(named))
                findings.Add(FindingKind.StreamMissing, named.ToString(), null, null, null, $"A key is trusted for this very stream ({anchor.Origin}), and the bucket has no object of it.", Severity.Warning);
    }

    private static bool IsWanted(StreamName stream, VerifyOptions options) => options.Streams?.Matches(stream) ?? true;
}
