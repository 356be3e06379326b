using Sealtail.Verifying;
using static Sealtail.Tampering.TamperCatalogue;

namespace Sealtail.Tampering;

/// <summary>Lies and faults about time, judged by the store's clock: silence, delay, skew, statements made up later.</summary>
internal static class TimeCases
{
    public static IReadOnlyList<TamperCase> All { get; } =
    [
        Auditor("silence", "looks later than the agents promised to speak", FindingKind.TailStale, world => world.Now = world.Now.AddSeconds(1)),
        Auditor("silence-after-stop", "asks about a time after a clean stop", FindingKind.StoppedBefore, world =>
        {
            world.A.Stop();
            world.B.Stop();
            world.Options = world.Options with { AsOf = world.A.Now.AddHours(1) };
        }),
        Auditor("interval-before", "asks for the time before the first start", FindingKind.NotCovered, world => world.Options = world.Options with { From = world.A.Drafts[0].Created.AddDays(-1) }),
        Auditor("interval-after", "asks for the time after the last manifest", FindingKind.NotCovered, world => world.Options = world.Options with { To = world.Now.AddDays(1) }),
        Signer("held-back", "holds the newest part of the log back for hours", FindingKind.Delayed, world => Shift(world, TimeSpan.FromHours(3), signed: TimeSpan.FromHours(3))),
        Signer("clock-ahead", "signs with a clock that is five minutes ahead", FindingKind.ClockSkew, world => Skew(world, TimeSpan.FromMinutes(5))),
        Signer("clock-behind", "signs with a clock that is five minutes behind", FindingKind.ClockSkew, world => Skew(world, TimeSpan.FromMinutes(-5))),
        Signer("backdated", "states times of the day before", FindingKind.Backdated, world => Skew(world, TimeSpan.FromDays(-1))),
        Signer("past-made-up-later", "writes the newest part of the record hours later, with the times of back then", FindingKind.Backdated, world => Shift(world, TimeSpan.FromHours(3), signed: TimeSpan.Zero)),
        Signer("clock-far-ahead-copy", "signs with a clock a year ahead, so that it never looks silent, and shows a copy without the store's clock", FindingKind.ClockSkew, world =>
        {
            Skew(world, TimeSpan.FromDays(365));
            world.Options = world.Options with { Streams = StreamGlob.Parse("prod/cp-1/audit") };
            world.Bucket.HasStoreClock = false;
        }) with { Weight = Severity.Inconclusive },
        Signer("clock-far-ahead-as-of", "signs with a clock a year ahead, stops there, shows a copy, and asks about a time that fits", FindingKind.ClockSkew, world =>
        {
            world.A.Stop();
            Skew(world, TimeSpan.FromDays(365));
            world.Now = world.A.Now;
            world.Options = world.Options with { Streams = StreamGlob.Parse("prod/cp-1/audit"), AsOf = world.Now.AddDays(365) };
            world.Bucket.HasStoreClock = false;
        }) with { Weight = Severity.Inconclusive },
        Store("newest-recreated", "deletes the newest manifest again and again and creates it anew, so that a dead agent looks alive", FindingKind.TailStale, world =>
        {
            _ = world.Bucket;
            var newest = world.A[2, 4];
            world.Options = world.Options with { Streams = StreamGlob.Parse("prod/cp-1/audit") };
            world.Now = newest.Created.AddHours(3);
            world.Bucket.Replace(newest.Name, world.Bucket[newest.Name], world.Now.AddMinutes(-1));
        }),
        Store("manifest-recreated", "deletes a manifest and creates the same bytes again", FindingKind.ObjectReplaced, world =>
        {
            _ = world.Bucket;
            world.Bucket.Replace(world.A[1, 2].Name, world.Bucket[world.A[1, 2].Name], world.A[1, 2].Created.AddSeconds(5));
        }),
        Store("chunk-recreated", "deletes a chunk and creates the same bytes again", FindingKind.ObjectReplaced, world =>
        {
            _ = world.Bucket;
            world.Bucket.Replace(world.A[1, 2].ChunkName, world.Bucket[world.A[1, 2].ChunkName], world.A[1, 2].Created.AddHours(1));
        }),
    ];

    // The last epoch of the first stream reaches the store later, as a whole.
    private static void Shift(TamperWorld world, TimeSpan by, TimeSpan signed)
    {
        foreach (var draft in world.A.Drafts.Where(draft => draft.Manifest.Epoch == 2))
        {
            (draft.Created, draft.ChunkCreated) = (draft.Created + by, draft.ChunkCreated + by);
            draft.Manifest = draft.Manifest with { Signed = draft.Manifest.Signed + signed, Entry = draft.Manifest.Entry with { Sealed = draft.Manifest.Entry.Sealed + signed } };
        }

        world.Options = world.Options with { Streams = StreamGlob.Parse("prod/cp-1/audit") };
        world.Now = world.A.Last.Created;
    }

    private static void Skew(TamperWorld world, TimeSpan by)
    {
        foreach (var draft in world.A.Drafts.Where(draft => draft.Manifest.Epoch == 2))
            draft.Manifest = draft.Manifest with { Signed = draft.Manifest.Signed + by, Entry = draft.Manifest.Entry with { Sealed = draft.Manifest.Entry.Sealed + by } };
    }
}
