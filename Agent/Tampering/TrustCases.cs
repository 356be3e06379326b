using Sealtail.Format;
using Sealtail.Verifying;
using static Sealtail.Tampering.TamperCatalogue;

namespace Sealtail.Tampering;

/// <summary>What an auditor's trust policy finds: streams that are missing or silent, keys that are unknown, revoked or changed, retention that is too short.</summary>
internal static class TrustCases
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    public static IReadOnlyList<TamperCase> All { get; } =
    [
        Store("stream-deleted", "deletes a whole stream that the inventory names", FindingKind.StreamMissing, world =>
        {
            world.Trust = Policy(world, expected: [world.A.Stream, world.B.Stream]);
            world.Remove(world.NamesOf(world.B));
        }),
        Store("stream-deleted-trusted-by-name", "deletes a whole stream that a trust line names", FindingKind.StreamMissing, world =>
        {
            world.Trust = new TrustPolicy([TamperWorld.Anchor(world.A.Key, StreamGlob.Parse("prod/cp-1/audit")), TamperWorld.Anchor(world.B.Key, StreamGlob.Parse("prod/cp-2/audit"))]);
            world.Remove(world.NamesOf(world.B));
        }) with { Weight = Severity.Warning },
        Auditor("stream-unexpected", "has an inventory that lacks a stream of the bucket", FindingKind.StreamUnexpected, world => world.Trust = Policy(world, expected: [world.A.Stream])),
        Auditor("stream-silent", "allows less silence than there is", FindingKind.StreamSilent, world => world.Trust = Policy(world, silence: TimeSpan.FromMinutes(5))),
        Auditor("stream-silent-after-stop", "allows no long silence, not even after a clean stop", FindingKind.StreamSilent, world =>
        {
            world.A.Stop();
            world.B.Stop();
            world.Trust = Policy(world, silence: TimeSpan.FromMinutes(15));
            world.Now = world.Now.AddHours(1);
        }),
        Auditor("key-unknown", "does not trust a stream's key", FindingKind.KeyUnknown, world => world.Trust = new TrustPolicy([TamperWorld.Anchor(world.A.Key)])),
        Auditor("key-for-other-stream", "trusts a key for another stream only", FindingKind.KeyUnknown,
            world => world.Trust = new TrustPolicy([TamperWorld.Anchor(world.A.Key), TamperWorld.Anchor(world.B.Key, StreamGlob.Parse("prod/cp-9/*"))])),
        Auditor("key-compromised", "knows that a key was stolen before the newest manifests", FindingKind.KeyCompromised,
            world => world.Trust = WithA(world, TamperWorld.Anchor(world.A.Key) with { CompromisedSince = world.A[2, 1].Created })),
        Auditor("key-compromised-backdated", "knows that a key was stolen, and the thief states times before that", FindingKind.KeyCompromised, world =>
        {
            foreach (var draft in world.A.Drafts.Where(draft => draft.Manifest.Epoch == 2)) draft.Manifest = draft.Manifest with { Signed = world.A[1, 6].Manifest.Signed };
            world.Trust = WithA(world, TamperWorld.Anchor(world.A.Key) with { CompromisedSince = world.A[2, 0].Created });
        }),
        Auditor("key-compromised-copy", "knows that a key was stolen, and has only a copy without the store's clock", FindingKind.KeyCompromised, world =>
        {
            world.Bucket.HasStoreClock = false;
            world.Trust = WithA(world, TamperWorld.Anchor(world.A.Key) with { CompromisedSince = world.Now.AddDays(1) });
        }),
        Auditor("key-expired", "trusts a key until before the newest manifests", FindingKind.KeyNotValid, world => world.Trust = WithA(world, TamperWorld.Anchor(world.A.Key) with { NotAfter = world.A[2, 1].Created })),
        Auditor("key-not-yet-valid", "trusts a key from after the first manifests", FindingKind.KeyNotValid, world => world.Trust = WithA(world, TamperWorld.Anchor(world.A.Key) with { NotBefore = world.A[1, 2].Created })),
        Auditor("key-before-unknown", "trusts a stream's newest key, and not the one before it", FindingKind.KeyUnknown, world =>
        {
            Rotate(world, isCosigned: true);
            world.Trust = new TrustPolicy([TamperWorld.Anchor(world.Stranger), TamperWorld.Anchor(world.B.Key)]);
        }),
        Signer("key-changed", "goes on under another trusted key without the old one's signature", FindingKind.KeyChanged, world => Rotate(world, isCosigned: false)),
        Signer("key-handed-to-stranger", "goes on under a key that nobody trusts, signed by the old one too", FindingKind.KeyUnknown, world =>
        {
            Rotate(world, isCosigned: true);
            world.Trust = new TrustPolicy([TamperWorld.Anchor(world.A.Key), TamperWorld.Anchor(world.B.Key)]);
        }),
        Signer("silence-promised-for-years", "promises to speak once in thirty years, and falls silent", FindingKind.StreamSilent, world =>
        {
            foreach (var start in world.A.Drafts.Where(draft => draft.Manifest.Start is not null))
                start.Manifest = start.Manifest with { Start = start.Manifest.Start! with { Policy = start.Manifest.Start!.Policy with { MaxSilenceSeconds = 946_728_000 } } }; // filtered above
            world.Options = world.Options with { Streams = StreamGlob.Parse("prod/cp-1/audit") };
            world.Trust = Policy(world, silence: TimeSpan.FromMinutes(15));
            world.Now = world.Now.AddDays(1);
        }),
        Signer("retention-stated-shorter", "states that a minute's retention was configured, and deletes what is older", FindingKind.ManifestMissing, world =>
        {
            world.A[2, 0].Change = manifest => manifest with { Start = manifest.Start! with { Policy = manifest.Start!.Policy with { RetentionSeconds = 60 } } }; // a start
            RemoveFirstEpoch(world);
        }),
        Signer("retention-stated-shorter-copy", "states that a minute's retention was configured, and hands out a copy without the beginning", FindingKind.Expired, world =>
        {
            world.A[2, 0].Change = manifest => manifest with { Start = manifest.Start! with { Policy = manifest.Start!.Policy with { RetentionSeconds = 60 } } }; // a start
            world.Bucket.HasStoreClock = false;
            world.Now = world.Now.AddMinutes(-1); // the node signs before the store creates
            world.Remove(world.NamesOf(world.A, 1));
        }) with { Weight = Severity.Warning },
        Signer("retention-receipt-shorter", "gives a receipt of a retention that has ended, and deletes what is older", FindingKind.ManifestMissing, world =>
        {
            world.A[2, 0].Change = manifest => manifest with { Receipts = [.. manifest.Receipts.Select(receipt => receipt with { RetentionExpirationTime = receipt.TimeCreated })] };
            RemoveFirstEpoch(world);
        }),
        Auditor("retention-short", "demands a longer retention than objects were given", FindingKind.RetentionTooShort, world =>
        {
            world.Bucket.Retention = TimeSpan.FromDays(30);
            world.Bucket.IsLocked = true;
            world.Trust = Policy(world, retention: Year);
        }),
        Auditor("retention-none", "demands a retention where there is none", FindingKind.RetentionTooShort, world => world.Trust = Policy(world, retention: Year)),
        Auditor("retention-unlocked", "demands a locked retention where an administrator can lift it", FindingKind.RetentionNotLocked, world =>
        {
            world.Bucket.Retention = Year;
            world.Trust = Policy(world, retention: Year);
        }),
        Auditor("retention-unknown", "demands a retention and may not look", FindingKind.RetentionUnverified, world =>
        {
            world.Bucket.Retention = Year;
            world.Bucket.IsRetentionKnown = false;
            world.Trust = Policy(world, retention: Year);
        }),
    ];

    /// <summary>The last epoch of the first stream is signed by a key of its own.</summary>
    internal static void Rotate(TamperWorld world, bool isCosigned)
    {
        var spki = world.Stranger.ExportSubjectPublicKeyInfo();
        foreach (var draft in world.A.Drafts.Where(draft => draft.Manifest.Epoch == 2)) draft.Key = world.Stranger;
        var start = world.A[2, 0];
        start.Manifest = start.Manifest with { Start = start.Manifest.Start! with { PublicKey = spki } }; // a start
        if (isCosigned) start.Cosigner = world.A.Key;
        world.Trust = new TrustPolicy([TamperWorld.Anchor(world.A.Key), TamperWorld.Anchor(world.B.Key), TamperWorld.Anchor(world.Stranger)]);
    }

    internal static TrustPolicy Policy(TamperWorld world, StreamName[]? expected = null, TimeSpan? silence = null, TimeSpan? retention = null) =>
        new([TamperWorld.Anchor(world.A.Key), TamperWorld.Anchor(world.B.Key)]) { Expected = expected, MaximumSilence = silence, MinimumRetention = retention, RequiresLock = retention is not null };

    private static void RemoveFirstEpoch(TamperWorld world)
    {
        world.Bucket.Retention = Year;
        world.Bucket.IsLocked = true;
        world.Trust = Policy(world, retention: Year);
        world.Remove(world.NamesOf(world.A, 1));
    }

    private static TrustPolicy WithA(TamperWorld world, TrustAnchor anchor) => new([anchor, TamperWorld.Anchor(world.B.Key)]);
}
