using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>One epoch's own chain as it is walked: sequence, previous hash, log root, totals, key. What is unknown after a hole is not compared.</summary>
internal sealed class EpochProgress(long number)
{
    private MerkleTree? tree = new();
    private Digest? previous;
    private Totals? totals = default(Totals);
    private bool isStopped;

    public long Number => number;

    /// <summary>The key that the epoch's start names; null until one is known.</summary>
    public Digest? KeyId { get; set; }

    /// <summary>The sequence expected next.</summary>
    public long Next { get; private set; }

    /// <summary>The sequence of the last manifest that a trusted key signed; -1 if there was none.</summary>
    public long LastGood { get; private set; } = -1;

    public Digest LastPayload { get; private set; }

    /// <summary>Unsigned objects where the next manifest is due: whether they weigh shows when it comes or does not.</summary>
    public List<LoadedManifest> UnsignedAtNext { get; } = [];

    /// <summary>The root over the manifests so far; null: some of them are unknown.</summary>
    public Digest? Root => tree?.Root();

    /// <summary>Manifests up to <paramref name="next"/> are not there or cannot be read: what follows cannot be compared with them.</summary>
    public void Skip(long next)
    {
        tree = null;
        previous = null;
        totals = null;
        Next = next;
    }

    /// <summary>Compares the manifest with those before it, then takes it as the last.</summary>
    /// <returns>Whether it follows the one before it, as far as that is known.</returns>
    public bool Take(LoadedManifest loaded, Action<FindingKind, string> find)
    {
        var follows = loaded.Manifest is not { } manifest || Compare(manifest, find);
        if (loaded.Manifest is null) totals = null;
        tree?.Append(loaded.LeafHash);
        previous = LastPayload = loaded.PayloadSha256;
        LastGood = loaded.Name.Sequence;
        Next = LastGood + 1;
        return follows;
    }

    private bool Compare(Manifest manifest, Action<FindingKind, string> find)
    {
        var follows = true;
        if (isStopped) find(FindingKind.AfterStop, $"A manifest of kind {manifest.Kind.Text()} follows the run's stop.");
        isStopped |= manifest.Kind == ManifestKind.Stop;
        if (previous is { } payload && manifest.Previous != payload)
        {
            find(FindingKind.ChainBroken, $"It names {manifest.Previous} as the manifest before it; that is {payload}.");
            follows = false;
        }

        if (tree is not null && tree.Root() != manifest.Log.Root)
        {
            find(FindingKind.LogRootMismatch, $"It states log root {manifest.Log.Root} over {manifest.Log.Size} manifests; theirs is {tree.Root()}.");
            follows = false;
        }

        CompareTotals(manifest, find);
        return follows;
    }

    private void CompareTotals(Manifest manifest, Action<FindingKind, string> find)
    {
        if (totals is { } before)
        {
            var content = manifest.Entry.Content;
            var expected = content is { } added ? new Totals(before.Chunks + 1, before.Records + added.Records, before.Bytes + added.Bytes) : before;
            if (manifest.Totals != expected)
                find(FindingKind.TotalsMismatch, $"It states totals of {Sums(manifest.Totals)}; the epoch's are {Sums(expected)}.");
        }

        totals = manifest.Totals;
    }

    private static string Sums(Totals totals) => $"{totals.Chunks} chunks, {totals.Records} records, {totals.Bytes} bytes";
}
