using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>
/// The stream's epochs under keys that are not trusted. By itself such an epoch proves nothing, for anybody can write one. But where a trusted start names
/// the payload that it ends with, nothing is missing: it is there, and only whose key that is nobody knows.
/// </summary>
internal sealed class UntrustedEpochs(EpochMap map)
{
    private readonly Dictionary<long, UntrustedEpoch> epochs = [];
    private readonly HashSet<ManifestLink> named = [];

    /// <summary>Takes a place of the chain at which no trusted key signed anything.</summary>
    public void Take(ManifestGroup group)
    {
        if (group.Sequence == 0) epochs[group.Epoch] = new UntrustedEpoch(group.Epoch);
        if (!epochs.TryGetValue(group.Epoch, out var epoch) || !epoch.Take(group)) return;
        if (map.Successors(group.Epoch, group.Sequence).Any(next => map.Claimed[next].Link == epoch.Last)) Name(epoch);
    }

    /// <summary>A trusted key signed a manifest of the epoch: it is none of these.</summary>
    public void Forget(long number) => epochs.Remove(number);

    /// <summary>The epoch, if it is there as a trusted start names it; else null.</summary>
    public UntrustedEpoch? Named(long number) => epochs.TryGetValue(number, out var epoch) && epoch.IsNamed ? epoch : null;

    /// <summary>Those of these numbers, both ends included, in order.</summary>
    public IEnumerable<UntrustedEpoch> Named(long from, long to) =>
        epochs.Values.Where(epoch => epoch.IsNamed && from <= epoch.Number && epoch.Number <= to).OrderBy(epoch => epoch.Number);

    /// <summary>Whether that manifest is there, as a trusted start names it.</summary>
    public bool Has(ManifestLink link) => named.Contains(link);

    // What a named start links to is named by it, as the hash covers the link.
    private void Name(UntrustedEpoch epoch)
    {
        named.Add(epoch.Last);
        for (var next = epoch; next is { IsNamed: false }; next = Before(next)) next.IsNamed = true;
    }

    private UntrustedEpoch? Before(UntrustedEpoch epoch) =>
        epoch.Link is { } link && link.Epoch < epoch.Number && epochs.TryGetValue(link.Epoch, out var before) && before.Last == link ? before : null;
}
