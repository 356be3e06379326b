using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>The objects at one place of the chain: mostly one.</summary>
internal sealed record ManifestGroup(long Epoch, long Sequence, IReadOnlyList<LoadedManifest> Objects)
{
    /// <summary>The different payloads that trusted keys signed for this place, each as it was first stored: anybody can add it again later.</summary>
    public IReadOnlyList<LoadedManifest> Signed { get; } =
        Objects is [{ Standing: ManifestStanding.Signed or ManifestStanding.Malformed }] ? Objects
        : [.. Objects.Where(item => item.Standing is ManifestStanding.Signed or ManifestStanding.Malformed).GroupBy(item => item.PayloadSha256).Select(twins => twins.MinBy(item => item.Stored.TimeCreated)!)]; // no group is empty

    /// <summary>Puts consecutive objects of one place together. A place crowded beyond reason is given in parts.</summary>
    public static async IAsyncEnumerable<ManifestGroup> Among(IAsyncEnumerable<LoadedManifest> manifests)
    {
        const int MaxObjects = 64;
        var objects = new List<LoadedManifest>();
        await foreach (var item in manifests)
        {
            if (objects is [var first, ..] && (first.Name.Epoch != item.Name.Epoch || first.Name.Sequence != item.Name.Sequence || objects.Count == MaxObjects))
            {
                yield return new ManifestGroup(first.Name.Epoch, first.Name.Sequence, [.. objects]);
                objects.Clear();
            }

            objects.Add(item);
        }

        if (objects is [var last, ..]) yield return new ManifestGroup(last.Name.Epoch, last.Name.Sequence, [.. objects]);
    }

    /// <summary>Whether one of the manifests here names <paramref name="payload"/> as the one before it.</summary>
    public bool Follows(Digest payload) => Signed.Any(item => item.Manifest?.Previous == payload);
}
