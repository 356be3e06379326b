using Sealtail.Format;
using Sealtail.Verifying;
using static Sealtail.Tampering.TamperCatalogue;

namespace Sealtail.Tampering;

/// <summary>What whoever holds the node's key can say of the log: bytes left out, read twice, gaps hidden. Everything after it is signed anew.</summary>
internal static class RangeLies
{
    public static IReadOnlyList<TamperCase> All { get; } =
    [
        Ranges("range-hole", "leaves bytes out between two chunks", (sources, _) => Moved(sources, +1)),
        Ranges("range-overlap", "reads bytes a second time", (sources, _) => Moved(sources, -1)),
        Ranges("range-other-file", "goes on in a new file though the one before never ended", (sources, _) => Numbered(sources, 2)),
        Ranges("range-file-skipped", "leaves a file's number out", (sources, _) => Numbered(sources, 3), sequence: 3, index: 1),
        Ranges("range-next-file-late", "begins a file behind its beginning", (sources, _) => [sources[0], sources[1] with { From = 1, To = sources[1].To + 1 }], sequence: 3),
        Ranges("range-continues-itself", "continues a file by itself", (sources, _) => [sources[0] with { File = 2, Continues = 2 }]),
        Signer("chunk-removed-from-file-zero", "numbers log files from zero, removes a chunk's manifest and mends the chain after it", FindingKind.RangesNotTiled, world =>
        {
            foreach (var draft in world.A.Drafts)
                draft.Manifest = draft.Manifest with { Entry = draft.Manifest.Entry with { Sources = [.. draft.Manifest.Entry.Sources.Select(range => range with { File = range.File - 1 })] } };
            Drop(world.A, 1, 2);
        }),
        Ranges("range-continues-unknown", "continues a file that there never was", (sources, _) => [sources[0] with { File = 2, Continues = 7 }]),
        Ranges("range-back-to-old-file", "goes back to a file that was final", (sources, _) => Numbered(sources, 1), sequence: 5),
        Signer("chunk-removed-and-mended", "removes a chunk's manifest and mends the chain after it", FindingKind.RangesNotTiled, world => Drop(world.A, 1, 2)),
        Signer("chunks-exchanged-and-mended", "exchanges two chunks in the order of the chain and mends it", FindingKind.RangesNotTiled, world =>
        {
            var (one, other) = (world.A[1, 1], world.A[1, 2]);
            (one.Plain, other.Plain) = (other.Plain, one.Plain);
            var sources = one.Manifest.Entry.Sources;
            one.Manifest = one.Manifest with { Entry = one.Manifest.Entry with { Sources = other.Manifest.Entry.Sources } };
            other.Manifest = other.Manifest with { Entry = other.Manifest.Entry with { Sources = sources } };
        }),
        Signer("record-removed-and-mended", "removes a record from the newest chunk and mends hashes and ranges, but not the position stated after", FindingKind.RangesNotTiled, world =>
        {
            var draft = world.A[2, 3];
            var records = ChainBuilderChunk.Records(draft.Plain!); // a chunk of two records
            draft.Plain = records[0];
            draft.Manifest = draft.Manifest with { Entry = draft.Manifest.Entry with { Sources = [draft.Manifest.Entry.Sources[0] with { To = draft.Manifest.Entry.Sources[0].From + records[0].Length }] } };
        }),
        Position("position-behind", "states a position behind the chain's", -1),
        Position("position-ahead", "states a position ahead of the chain's", +1),
        Signer("position-none", "states no position", FindingKind.RangesNotTiled, world => world.A[1, 4].Change = manifest => manifest with { Entry = manifest.Entry with { Sources = [] } }),
        Signer("heartbeat-with-bytes", "states read bytes in a heartbeat", FindingKind.ManifestContradictory,
            world => world.A[1, 4].Change = manifest => manifest with { Entry = manifest.Entry with { Sources = [manifest.Entry.Sources[0] with { From = 0 }] } }),
        Signer("gap-hidden", "removes the gap from the manifest that declares it", FindingKind.RangesNotTiled, world => world.B[2, 2].Change = manifest => WithGaps(manifest, [])) with { HasGap = true },
        Signer("gap-narrowed", "declares the gap smaller than it is", FindingKind.RangesNotTiled,
            world => world.B[2, 2].Change = manifest => WithGaps(manifest, [manifest.Entry.Gaps[0] with { To = manifest.Entry.Gaps[0].To - 1 }])) with { HasGap = true },
        Signer("gap-elsewhere", "declares the gap in another file", FindingKind.RangesNotTiled,
            world => world.B[2, 2].Change = manifest => WithGaps(manifest, [manifest.Entry.Gaps[0] with { File = 1 }])) with { HasGap = true },
        Signer("gap-manifest-removed-and-mended", "removes the manifest that declares the gap and mends the chain after it", FindingKind.RangesNotTiled, world => Drop(world.B, 2, 2)) with { HasGap = true },
        Store("gap-manifest-deleted", "deletes the manifest that declares the gap", FindingKind.ManifestMissing, world =>
        {
            _ = world.Bucket;
            world.Remove(world.B[2, 2].Name);
        }) with { HasGap = true },
        new TamperCase("gap-declared", Attacker.None, "leaves the gap as it is: an honest loss is never called proven", _ => { }) { HasGap = true, Finding = FindingKind.SignedGap },
        Signer("rollback-undeclared", "reads a part again, as after a power cut, and does not say so", FindingKind.RangesNotTiled, world => RollBack(world, isDeclared: false)),
        Signer("rollback-declared", "reads a part again after a power cut, and says so", FindingKind.SignedGap, world => RollBack(world, isDeclared: true)),
        Signer("late-write", "writes to a log file that was finished", FindingKind.LateWrite, world =>
        {
            var finished = world.A.File;
            world.A.Rotate().Chunk();
            world.A.Switch(world.A.NextFile(continues: finished)).Chunk();
            world.Now = world.A.Now;
        }),
        Signer("state-lost", "loses its state and ships the log again from the beginning of the file", FindingKind.SourceRangeDuplicate, world =>
        {
            world.A.LoseState().ReadTo(world.A.File.Bytes.Count).Seal();
            world.Now = world.A.Now;
        }),
        Signer("snapshot-restored", "begins from an older state, and ships again what came after it", FindingKind.StaleLink, world =>
        {
            var (snapshot, file) = (world.A.Last, world.A.File.As(world.A.File.Number, world.A.File.Position));
            world.A.Chunk();
            file.Bytes.AddRange(world.A.File.Bytes.Skip((int)file.Position));
            world.A.Switch(file).Start(link: snapshot).Chunk();
            world.Now = world.A.Now;
        }),
        Signer("idle-unproven", "says idle where its own numbers show unread bytes", FindingKind.SourceNotIdle,
            world => world.A[2, 4].Change = manifest => manifest with { Source = manifest.Source!.Value with { Size = manifest.Source!.Value.Size + 1 } }), // a heartbeat
        Signer("source-missing", "says that the log is missing", FindingKind.SourceNotIdle,
            world => world.A[2, 4].Change = manifest => manifest with { Source = manifest.Source!.Value with { State = SourceCondition.Missing } }), // a heartbeat
        Signer("source-missing-then-stop", "says that the log is missing, and ends cleanly", FindingKind.SourceNotIdle, world =>
        {
            world.A[2, 4].Change = manifest => manifest with { Source = manifest.Source!.Value with { State = SourceCondition.Missing } }; // a heartbeat
            world.A.Stop();
            world.Now = world.A.Now;
        }),
        Signer("range-conflict", "ships other bytes for a range that was shipped before", FindingKind.SourceRangeConflict, world =>
        {
            world.A.Chunk($"{{\"x\":\"{new string('x', Fingerprint.MaxBytes)}\"}}\n"); // more than the fingerprint covers
            world.A.LoseState();
            world.A.File.Bytes[^4] ^= 1;
            world.A.ReadTo(world.A.File.Bytes.Count).Seal().Heartbeat();
            world.Now = world.A.Now;
        }),
    ];

    private static TamperCase Ranges(string id, string does, Func<SourceRange[], TamperWorld, SourceRange[]> change, long sequence = 2, int index = 0) =>
        Signer(id, does, FindingKind.RangesNotTiled, world =>
        {
            var draft = world.A[1, sequence];
            var sources = draft.Manifest.Entry.Sources.ToArray();
            var changed = change(sources[index..], world);
            draft.Manifest = draft.Manifest with { Entry = draft.Manifest.Entry with { Sources = [.. sources[..index], .. changed] } };
        });

    private static TamperCase Position(string id, string does, long by) =>
        Signer(id, does, FindingKind.RangesNotTiled, world => world.A[1, 4].Change = manifest =>
            manifest with { Entry = manifest.Entry with { Sources = [manifest.Entry.Sources[0] with { From = manifest.Entry.Sources[0].From + by, To = manifest.Entry.Sources[0].To + by, Fingerprint = new Fingerprint(Fingerprint.MaxBytes, default) }] } });

    private static SourceRange[] Moved(SourceRange[] sources, long by) => [sources[0] with { From = sources[0].From + by, To = sources[0].To + by, Fingerprint = new Fingerprint(Fingerprint.MaxBytes, default) }];

    private static SourceRange[] Numbered(SourceRange[] sources, long file) => [.. sources.Select(range => range with { File = file })];

    private static Manifest WithGaps(Manifest manifest, Gap[] gaps) => manifest with { Entry = manifest.Entry with { Gaps = gaps } };

    private static void Drop(ChainBuilder chain, long epoch, long sequence)
    {
        chain.Remove(chain[epoch, sequence]);
        foreach (var draft in chain.Drafts.Where(draft => draft.Manifest.Epoch == epoch && draft.Manifest.Sequence > sequence))
            draft.Manifest = draft.Manifest with { Sequence = draft.Manifest.Sequence - 1 };
    }

    private static void RollBack(TamperWorld world, bool isDeclared)
    {
        var file = world.A.File;
        var at = file.Position - world.A[2, 3].Plain!.Length; // a chunk
        if (isDeclared) world.A.Lose(GapCause.SourceRolledBack, file.Number, at, file.Position);
        world.A.Switch(world.A.NextFile(continues: file, position: at)).ReadTo(file.Bytes.Count).Seal().Heartbeat();
        world.Now = world.A.Now;
    }
}
