using System.Text;
using Sealtail.Format;
using Sealtail.Verifying;
using static Sealtail.Tampering.TamperCatalogue;

namespace Sealtail.Tampering;

/// <summary>What is unusual and fine: a verifier that cried wolf here would be switched off.</summary>
internal static class GoodCases
{
    public static IReadOnlyList<TamperCase> All { get; } =
    [
        Good("good", "does nothing", _ => { }),
        Good("good-manifests-only", "does nothing, and only manifests are verified", world => world.Options = world.Options with { ManifestsOnly = true }),
        Good("good-under-policy", "does nothing, and the auditor has a full trust policy", world =>
        {
            world.Bucket.Retention = TimeSpan.FromDays(365);
            world.Bucket.IsLocked = true;
            world.Trust = TrustCases.Policy(world, [world.A.Stream, world.B.Stream], TimeSpan.FromMinutes(10), TimeSpan.FromDays(365));
        }),
        Good("good-key-compromised-later", "does nothing; a key was stolen after all that the bucket holds", world => world.Trust = new TrustPolicy(
            [TamperWorld.Anchor(world.A.Key) with { CompromisedSince = world.Now }, TamperWorld.Anchor(world.B.Key)])),
        Good("signature-malleated", "adds a manifest again with the other valid form of its signature", world =>
        {
            _ = world.Bucket;
            world.Put(world.A, 1, 2, Signatures.With(world.Bucket[world.A[1, 2].Name], Signatures.Malleated));
        }),
        Good("start-malleated", "replaces a start's signature by its other valid form", world =>
        {
            _ = world.Bucket;
            world.Rewrite(world.A[2, 0].Name, envelope => Signatures.With(envelope, Signatures.Malleated));
        }),
        Good("signed-again", "adds a manifest again with a new signature of the node's", world =>
        {
            _ = world.Bucket;
            world.Put(world.A, 1, 2, ChainBuilderWriter.Sign(world.A[1, 2].Payload, world.A.Key));
        }),
        Good("second-signature", "signs a manifest with a second key that nobody knows", world => world.A[1, 2].Cosigner = world.Stranger),
        Good("hint-wrong", "hints at a wrong key in a manifest", world => world.A[1, 2].ChangeEnvelope = envelope =>
            new Envelope(Envelope.Parse(envelope).Payload, [Envelope.Parse(envelope).Signatures[0] with { KeyId = "cp-1" }]).ToBytes()),
        Good("unknown-members", "signs members that version 1 does not know", world => world.A[1, 2].ChangePayload = payload =>
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(payload).Replace("\"kind\":", "\"later\":{\"x\":[1.5,null]},\"kind\":", StringComparison.Ordinal))),
        Good("largest-numbers", "promises the largest numbers that there are", world =>
        {
            const long Largest = (1L << 53) - 1;
            foreach (var start in world.A.Drafts.Where(draft => draft.Manifest.Start is not null))
                start.Manifest = start.Manifest with { Start = start.Manifest.Start! with { Policy = new EpochPolicy(Largest, Largest, Largest, Largest) } }; // filtered above
        }),
        Good("clean-stop", "ends both runs cleanly", world =>
        {
            world.A.Stop();
            world.B.Stop();
            world.Now = world.A.Now.AddDays(3);
        }),
        Good("heartbeats-only", "runs for an hour without a record", world =>
        {
            for (var i = 0; i < 12; i++)
            {
                world.A.Wait(TimeSpan.FromMinutes(5)).Heartbeat();
                world.B.Wait(TimeSpan.FromMinutes(5)).Heartbeat();
            }

            world.Now = world.A.Now;
        }),
        Records("records-out-of-order", "logs records that are out of time order", "{\"stageTimestamp\":\"2026-11-22T10:00:00Z\"}\n{\"stageTimestamp\":\"2026-11-22T08:00:00Z\"}\n"),
        Records("records-not-json", "logs lines that are no JSON", "{\"torn\":\nnot json\n{]}\n[1]\n\"text\"\n"),
        Records("records-not-text", "logs NULs and bytes that are no UTF-8", "\0\0\0\0\n\uFFFD\u001b[2J\n"),
        Records("records-empty-lines", "logs empty lines and carriage returns", "\n\r\n{}\r\n\n"),
        Records("records-same-id", "logs two records of one audit ID", "{\"auditID\":\"same\"}\n{\"auditID\":\"same\"}\n"),
        Records("records-old-and-future", "logs records of 1970 and of 9999", "{\"stageTimestamp\":\"1970-01-01T00:00:00Z\"}\n{\"stageTimestamp\":\"9999-12-31T23:59:59Z\"}\n"),
        Records("record-long", "logs a record of three MiB", $"{{\"x\":\"{new string('x', 3 << 20)}\"}}\n", isLong: true),
        Good("record-torn", "rotates in the middle of a line", world =>
        {
            world.A.Read("{\"torn\":").Rotate().Seal(CutReason.Final).Chunk();
            world.B.Heartbeat();
            world.Now = world.A.Now;
        }),
        Good("files-empty", "rotates several empty files", world =>
        {
            world.A.Rotate().Rotate().Rotate().Read("").Seal().Chunk();
            world.B.Heartbeat();
            world.Now = world.A.Now;
        }),
        Good("claim-unconfirmed", "skips an epoch whose claim never got an answer", world =>
        {
            world.A.Start(epoch: 4, skipped: new SkippedEpochs(3, 3, SkipReason.Unconfirmed)).Chunk();
            world.Now = world.B.Now.AddSeconds(world.B.Policy.MaxSilenceSeconds);
        }),
        Good("claim-stored-after-all", "skips an epoch whose claim was stored without an answer", world =>
        {
            world.A.Start();
            var link = world.A[2, 4];
            world.A.Start(epoch: 4, link: link, skipped: new SkippedEpochs(3, 3, SkipReason.Unconfirmed)).Chunk();
            world.Now = world.B.Now.AddSeconds(world.B.Policy.MaxSilenceSeconds);
        }),
        Good("key-rotated", "goes on under a new key, and both keys sign the start", world => TrustCases.Rotate(world, isCosigned: true)),
        Good("chunk-before-its-manifest", "has stored a chunk whose manifest is still on its way", world =>
        {
            var bytes = ChainBuilderChunk.Gzip("{}\n"u8.ToArray());
            world.Bucket.Replace(new ChunkName(world.A.Stream, world.A.Now.UtcDateTime, Digest.Of(bytes)).ToString(), bytes, world.A.Now.AddSeconds(1));
        }),
        Good("beginning-expired", "removes the oldest objects once their retention is over, as stores do", world =>
        {
            world.Remove(world.NamesOf(world.A, 1).Take(5));
            world.Now = world.A[1, 5].Created.AddSeconds(world.A.Policy.RetentionSeconds!.Value + 60); // set by the builder
            world.Options = world.Options with { To = world.A.Now };
        }),
        Good("copied", "copies the bucket to a place without the store's clock", world =>
        {
            world.Bucket.HasStoreClock = false;
            world.Now = world.Now.AddMinutes(-1); // the node signs before the store creates
        }),
    ];

    private static TamperCase Records(string id, string does, string text, bool isLong = false) => Good(id, does, world =>
    {
        world.A.Read(text).Seal();
        // Of a record of more than 1 MiB nothing is said.
        if (isLong) world.A.Last.Change = manifest => manifest with { Entry = manifest.Entry with { First = null, Last = null } };
        world.A.Chunk();
        world.B.Heartbeat();
        world.Now = world.A.Now;
    });
}
