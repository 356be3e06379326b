using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Spooling;

/// <summary>
/// Reads a <see cref="World"/>'s store as a verifier would, from docs/format.md alone, and fails the test on anything that breaks the format or the chain.
/// </summary>
internal sealed class Auditor
{
    private readonly World world;
    private readonly SortedDictionary<(long Epoch, long Sequence), (Manifest Manifest, byte[] Payload)> all = [];

    public Auditor(World world)
    {
        this.world = world;
        foreach (var (name, bytes) in world.Store.Where(item => item.Key.StartsWith(ManifestName.Root, StringComparison.Ordinal))) Read(name, bytes);
        foreach (var ((_, sequence), (manifest, _)) in all.Where(item => item.Key.Sequence > 0)) Linked(manifest, sequence);
        foreach (var (name, bytes) in world.Store.Where(item => item.Key.StartsWith(CheckpointName.Root, StringComparison.Ordinal))) Vouched(name, bytes);
        Branch = Walk();
        Tile();
    }

    /// <summary>The manifests from the newest one back along the links, oldest first.</summary>
    public IReadOnlyList<Manifest> Branch { get; }

    public IEnumerable<Manifest> Starts => Branch.Where(manifest => manifest.Kind == ManifestKind.EpochStart);

    public IEnumerable<Gap> Gaps => Branch.SelectMany(manifest => manifest.Entry.Gaps);

    public IEnumerable<Manifest> All => all.Values.Select(item => item.Manifest);

    /// <summary>Manifests that the links do not reach and that are more than a start: other lineages, or branches.</summary>
    public IEnumerable<Manifest> Astray => All.Where(manifest => manifest.Kind != ManifestKind.EpochStart).Except(Branch);

    /// <summary>The bytes that manifests prove of each log file, as (file, offset) to byte; repeats must agree.</summary>
    public SortedDictionary<(long File, long Offset), byte> Proven(IEnumerable<Manifest> manifests, out int repeats)
    {
        var proven = new SortedDictionary<(long, long), byte>();
        repeats = 0;
        foreach (var manifest in manifests.Where(manifest => manifest.Kind == ManifestKind.Chunk))
        {
            var plain = World.Gunzip(world.Store[manifest.Entry.Object!.Name]); // a chunk: it has an object
            var at = 0;
            foreach (var range in manifest.Entry.Sources)
                for (var offset = range.From; offset < range.To; offset++, at++)
                {
                    if (proven.TryGetValue((range.File, offset), out var before))
                    {
                        Assert.That(plain[at], Is.EqualTo(before), "a repeat differs");
                        repeats++;
                    }

                    proven[(range.File, offset)] = plain[at];
                }

            Assert.That(at, Is.EqualTo(plain.Length), "ranges add up to the chunk");
        }

        return proven;
    }

    /// <summary>Every byte of the log is proven, and none twice along the branch.</summary>
    public void AssertComplete(string context)
    {
        var proven = Proven(Branch, out var repeats);
        Assert.That(repeats, Is.Zero, context);
        AssertWhole(proven, context);
    }

    public void AssertWhole(SortedDictionary<(long File, long Offset), byte> proven, string context)
    {
        var expected = world.Log.SelectMany((file, i) => file.Select((value, offset) => KeyValuePair.Create((i + 1L, (long)offset), value)));
        Assert.That(proven.SequenceEqual(expected), Is.True, $"{context}: {proven.Count} bytes are proven, {world.Log.Sum(file => file.Length)} were written");
    }

    private void Read(string name, byte[] bytes)
    {
        Assert.That(bytes, Has.Length.LessThanOrEqualTo(Envelope.MaxBytes), name);
        var envelope = Envelope.Parse(bytes);
        Assert.That(world.Key.Public.Verify(Envelope.PreAuthenticationEncoding(envelope.Payload), envelope.Signatures[0].Signature), Is.True, name);
        var manifest = ManifestReader.Parse(envelope.Payload);
        Assert.That(ManifestWriter.ToPayload(manifest), Is.EqualTo(envelope.Payload), name);
        var derived = manifest.Sequence == 0 ? ManifestName.Slot(manifest.Stream, manifest.Epoch) : new ManifestName(manifest.Stream, manifest.Epoch, manifest.Sequence, Digest.Of(bytes));
        Assert.That(derived.ToString(), Is.EqualTo(name));
        Assert.That(all.TryAdd((manifest.Epoch, manifest.Sequence), (manifest, envelope.Payload)), Is.True, $"FORK at {name}");
        Assert.That(manifest.Signed, Is.GreaterThanOrEqualTo(manifest.Entry.Sealed), name);
        if (manifest.Entry.Object is { } chunk)
        {
            Assert.That(world.Store, Contains.Key(chunk.Name), "a chunk is confirmed before its manifest");
            Assert.That(Digest.Of(world.Store[chunk.Name]), Is.EqualTo(chunk.Sha256), "bytes on the store are exactly those spooled");
            Assert.That(manifest.Subject, Is.EqualTo(new Subject(chunk.Name, chunk.Sha256)), name);
        }
        else
        {
            Assert.That(manifest.Subject, Is.EqualTo(manifest.Sequence == 0 ? new Subject("key", world.Key.Public.KeyId) : new Subject("previous", manifest.Previous!.Value)), name);
        }
    }

    // A checkpoint is over confirmed manifests: they are there, and have that root.
    private void Vouched(string name, byte[] bytes)
    {
        var note = SignedNote.Parse(bytes);
        var checkpoint = Checkpoint.Parse(note.Text);
        Assert.That(note.IsSignedBy(world.Key.Public, checkpoint.Origin), Is.True, name);
        Assert.That(new CheckpointName(checkpoint.Stream, checkpoint.Epoch, checkpoint.Size, Digest.Of(bytes)).ToString(), Is.EqualTo(name));
        var log = new MerkleTree();
        for (var i = 0; i < checkpoint.Size; i++)
        {
            Assert.That(all, Contains.Key((checkpoint.Epoch, (long)i)), name);
            log.Append(MerkleTree.LeafHash(all[(checkpoint.Epoch, i)].Payload));
        }

        Assert.That(checkpoint.Root, Is.EqualTo(log.Root()), name);
    }

    private void Linked(Manifest manifest, long sequence)
    {
        Assert.That(all, Contains.Key((manifest.Epoch, sequence - 1)), "MANIFEST_MISSING");
        var (before, payload) = all[(manifest.Epoch, sequence - 1)];
        Assert.That(manifest.Previous, Is.EqualTo(Digest.Of(payload)), "CHAIN_BROKEN");
        Assert.That(manifest.Lineage, Is.EqualTo(before.Lineage));
        var log = new MerkleTree();
        for (var i = 0; i < sequence; i++) log.Append(MerkleTree.LeafHash(all[(manifest.Epoch, i)].Payload));
        Assert.That(manifest.Log, Is.EqualTo(new LogState(sequence, log.Root())));
        var expected = manifest.Entry.Content is { } content
            ? new Totals(before.Totals.Chunks + 1, before.Totals.Records + content.Records, before.Totals.Bytes + content.Bytes)
            : before.Totals;
        Assert.That(manifest.Totals, Is.EqualTo(expected));
    }

    private List<Manifest> Walk()
    {
        var branch = new List<Manifest>();
        if (all.Count == 0) return branch;
        var (epoch, sequence) = all.Keys.Last();
        while (true)
        {
            for (; sequence >= 0; sequence--) branch.Add(all[(epoch, sequence)].Manifest);
            var start = branch[^1].Start!; // sequence 0
            if (start.PreviousEpoch is not { } link) break;
            var skipped = start.Skipped.SelectMany(range => Enumerable.Range((int)range.From, (int)(range.To - range.From + 1))).ToArray();
            Assert.That(skipped, Is.EqualTo(Enumerable.Range((int)link.Epoch + 1, (int)(epoch - link.Epoch - 1))), "MANIFEST_MISSING: every number between is skipped, in order");
            (epoch, sequence) = (link.Epoch, link.Sequence);
            Assert.That(Digest.Of(all[(epoch, sequence)].Payload), Is.EqualTo(link.PayloadSha256), "CHAIN_BROKEN");
        }

        branch.Reverse();
        return branch;
    }

    private void Tile()
    {
        (long File, long To, bool Final)? at = null;
        foreach (var manifest in Branch)
        {
            var context = $"epoch {manifest.Epoch} sequence {manifest.Sequence}";
            var isChunk = manifest.Kind == ManifestKind.Chunk;
            if (isChunk)
                foreach (var range in manifest.Entry.Sources)
                {
                    var joins = at is not { } a || (range.File == a.File && range.From == a.To) || (a.Final && range.File == a.File + 1 && range.From == 0)
                        || manifest.Entry.Gaps.Concat(Branch.TakeWhile(earlier => earlier != manifest).TakeLast(8).SelectMany(earlier => earlier.Entry.Gaps))
                            .Any(gap => gap.File is null || (gap.File == range.File && gap.To == range.From) || (gap.File == a.File && gap.From == a.To));
                    Assert.That(joins, Is.True, $"{context}: {range.File}@{range.From} after {at}");
                    at = (range.File, range.To, range.Final);
                }

            foreach (var gap in manifest.Entry.Gaps)
                if (at is { } p && gap.File == p.File && gap.From == p.To && gap.To is { } to)
                    at = (p.File, to, false);

            if (isChunk) continue;
            Assert.That(manifest.Entry.Sources, Has.Count.LessThanOrEqualTo(1), context);
            if (manifest.Entry.Sources is not [var stated])
            {
                Assert.That(at, Is.Null, $"{context}: states no position");
                continue;
            }

            Assert.That(stated.From, Is.EqualTo(stated.To), context);
            if (at is { } position && !manifest.Entry.Gaps.Any(gap => gap.File == stated.File && gap.To == stated.To))
                Assert.That((stated.File, stated.To), Is.EqualTo((position.File, position.To)), $"{context}: states the chain's position");
            at = (stated.File, stated.To, stated.Final);
        }
    }
}
