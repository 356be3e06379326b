using System.Text;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>A bucket written by an enemy: never a crash, never "ok", memory bounded, the report complete.</summary>
internal sealed class HostileBucketTests : IDisposable
{
    private readonly ChainBuilder chain = new();

    public void Dispose() => chain.Dispose();

    private static IEnumerable<TestCaseData> Rubbish()
    {
        yield return Case("empty", "");
        yield return Case("no JSON", "garbage");
        yield return Case("only white space", "   \n");
        yield return Case("deeply nested", new string('[', 200_000));
        yield return Case("deeply nested objects", string.Concat(Enumerable.Repeat("{\"a\":", 40_000)));
        yield return Case("huge", new string(' ', Envelope.MaxBytes + 1));
        yield return Case("an array", "[]");
        yield return Case("null", "null");
        yield return Case("duplicate keys", "{\"payload\":\"e30=\",\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"AA==\"}]}");
        yield return Case("wrong types", "{\"payload\":7,\"payloadType\":[],\"signatures\":{}}");
        yield return Case("no signature", "{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[]}");
        yield return Case("many signatures", $"{{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{string.Join(',', Enumerable.Repeat("{\"sig\":\"AA==\"}", 5000))}]}}");
        yield return Case("loose base64", "{\"payload\":\"e3 0=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"AA==\"}]}");
        yield return Case("signature that is no DER", "{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"AAAA\"}]}");
        yield return Case("invalid UTF-8", "{\"payload\":\"\xff\xfe\"}");
        yield return Case("NUL bytes", new string('\0', 1000));

        static TestCaseData Case(string name, string text) => new TestCaseData(text).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Rubbish))]
    public async Task Rubbish_after_the_last_manifest_is_inconclusive(string text)
    {
        chain.Start().Chunk();
        using var bucket = chain.Build();
        var bytes = Encoding.Latin1.GetBytes(text);
        bucket.Replace(new ManifestName(chain.Stream, 1, 2, Digest.Of(bytes)).ToString(), bytes);

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Weighing(), Is.EqualTo(new[] { "UNSIGNED_OBJECT 1/2" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
        Assert.That(report.Streams.Single().Chunks, Is.EqualTo(1));
    }

    private static IEnumerable<TestCaseData> SignedRubbish()
    {
        yield return Case("epoch as text", "\"epoch\":1", "\"epoch\":\"1\"");
        yield return Case("negative sequence", "\"sequence\":1", "\"sequence\":-1");
        yield return Case("sequence with exponent", "\"sequence\":1", "\"sequence\":1e0");
        yield return Case("number beyond 2^53", "\"records\":1", "\"records\":9007199254740992");
        yield return Case("duplicate member", "\"kind\":\"chunk\"", "\"kind\":\"chunk\",\"kind\":\"chunk\"");
        yield return Case("sources missing", "\"sources\"", "\"quellen\"");
        yield return Case("upper-case hex", "\"merkleRoot\":\"", "\"merkleRoot\":\"AB");
        yield return Case("time with offset", "Z\",\"signed\"", "+00:00\",\"signed\"");
        yield return Case("another predicate", "manifest/v1", "manifest/v2");
        yield return Case("stream that is a path", "\"stream\":\"prod/cp-1/audit\"", "\"stream\":\"../../../etc\"");
        yield return Case("lone surrogate", "\"kind\":\"chunk\"", "\"kind\":\"\\ud800\"");
        yield return Case("range that ends before it begins", "\"from\":0", "\"from\":99999999");
        yield return Case("text after the end", "\"agent\":{", "}\"agent\":{");

        static TestCaseData Case(string name, string old, string changed) => new TestCaseData(old, changed).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(SignedRubbish))]
    public async Task Signed_rubbish_is_never_ok(string old, string changed)
    {
        chain.Start().Chunk().Heartbeat();
        chain[1, 1].ChangePayload = payload =>
        {
            var text = Encoding.UTF8.GetString(payload);
            var at = text.IndexOf(old, StringComparison.Ordinal);
            Assert.That(at, Is.Not.Negative, old);
            return Encoding.UTF8.GetBytes(text[..at] + changed + text[(at + old.Length)..]);
        };

        var report = await Verification.RunAsync(chain);

        Assert.That(report.ExitCode(false), Is.EqualTo(1));
        Assert.That(report.Ids(Severity.Error), Is.SubsetOf(new[] { "MANIFEST_MALFORMED", "MANIFEST_MISSING" }));
    }

    [TestCase("v1/manifests/prod/cp-1/audit/e00000001/000000000001.dsse.json")]
    [TestCase("v1/manifests/prod/cp-1/audit/e00000001/../x")]
    [TestCase("v1/manifests/prod/cp-1/audit/e1/000000000000.dsse.json")]
    [TestCase("v1/manifests/../../../etc/passwd")]
    [TestCase("v1/manifests/PROD/cp-1/audit/e00000001/000000000000.dsse.json")]
    [TestCase("v1/chunks/cluster=prod/node=cp-1/source=audit/date=2026-02-30/000000-x.ndjson.gz")]
    [TestCase("v1/x\u001b[2Jy\u202e")]
    public async Task A_name_that_fits_nothing_is_told_and_harms_nothing(string name)
    {
        chain.Start().Chunk();
        using var bucket = chain.Build();
        bucket.Replace(name, "{}"u8.ToArray());

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Findings.Where(finding => finding.Severity == Severity.Warning).Select(finding => (finding.Kind.Id, finding.ObjectName)), Is.EqualTo(new[] { ("UNSIGNED_OBJECT", name) }));
        Assert.That(report.ExitCode(false), Is.Zero);
    }

    [Test]
    public async Task Thousands_of_unsigned_objects_are_counted_and_not_all_listed()
    {
        chain.Start().Chunk().Heartbeat();
        using var bucket = chain.Build();
        for (var i = 0; i < 3000; i++)
        {
            var bytes = BitConverter.GetBytes(i);
            bucket.Replace(new ManifestName(chain.Stream, 1, 1, Digest.Of(bytes)).ToString(), bytes);
        }

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Findings.Count(finding => finding.Kind == FindingKind.UnsignedObject), Is.EqualTo(FindingLog.MaxOfAKind));
        Assert.That(report.Findings.Single(finding => finding.Kind == FindingKind.MoreFindings).Message, Does.StartWith($"{3000 - FindingLog.MaxOfAKind} more findings UNSIGNED_OBJECT"));
        Assert.That(report.ExitCode(false), Is.Zero, "they prove nothing, and the chain is whole");
    }

    [Test]
    public async Task A_signer_who_skips_to_the_last_epoch_does_no_harm()
    {
        chain.Start().Chunk().Start(epoch: ManifestName.MaxEpoch, skipped: [new SkippedEpochs(2, ManifestName.MaxEpoch - 1, SkipReason.Taken)]).Chunk();

        Assert.That((await Verification.RunAsync(chain)).Weighing(), Is.EqualTo(new[] { "MANIFEST_MISSING 2/" }));
    }

    [Test]
    public async Task A_policy_of_absurd_numbers_does_no_harm()
    {
        chain.Policy = new EpochPolicy(StrictJson.MaxInteger, 0, 0, StrictJson.MaxInteger);
        chain.Start().Chunk().Chunk();
        chain[1, 1].IsAbsent = true;

        Assert.That((await Verification.RunAsync(chain)).Ids(Severity.Error), Is.EqualTo(new[] { "MANIFEST_MISSING" }));
    }

    [Test]
    public async Task A_listing_that_is_refused_is_inconclusive()
    {
        chain.Start().Chunk();
        using var bucket = chain.Build();
        bucket.Fail("v1/", BucketFault.Denied);

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Ids(Severity.Inconclusive), Is.EqualTo(new[] { "BUCKET_UNREADABLE" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
    }

    [Test]
    public async Task A_listing_that_is_refused_for_one_stream_spoils_no_other()
    {
        using var other = new ChainBuilder("prod/cp-2/audit");
        other.Start().Chunk();
        chain.Start().Chunk();
        using var bucket = chain.Build();
        other.WriteTo(bucket);
        bucket.Fail("v1/manifests/prod/cp-2/audit/", BucketFault.Denied);

        var report = await Verification.RunAsync(bucket, [chain, other]);

        Assert.That(report.Findings.Where(finding => finding.Severity > Severity.Warning).Select(finding => (finding.Kind.Id, finding.Stream)), Is.EqualTo(new[] { ("BUCKET_UNREADABLE", "prod/cp-2/audit") }));
        Assert.That(report.Streams[0].Records, Is.EqualTo(1));
    }

    [Test]
    public async Task A_manifest_that_cannot_be_read_is_not_called_missing()
    {
        chain.Start().Chunk().Chunk().Heartbeat();
        using var bucket = chain.Build();
        bucket.Fail(chain[1, 1].Name, BucketFault.Denied);

        var report = await Verification.RunAsync(bucket, chain);

        Assert.That(report.Ids(Severity.Error), Is.Empty);
        Assert.That(report.Ids(Severity.Inconclusive), Is.EqualTo(new[] { "OBJECT_UNREADABLE" }));
        Assert.That(report.ExitCode(false), Is.EqualTo(3));
    }

    /// <summary>Whatever single object is changed, cut or removed, the verdict is never "ok".</summary>
    [Test]
    public async Task No_single_change_to_any_object_goes_unseen([Values("flip", "cut", "remove", "empty")] string change)
    {
        chain.Start().Chunk().Read().Rotate().Read().Seal().Heartbeat().Stop().Start().Chunk().Chunk().Heartbeat();
        var random = TestContext.CurrentContext.Random;
        using var good = chain.Build();
        foreach (var name in good.Names)
        {
            using var bucket = good.Copy();
            var bytes = bucket[name];
            var at = random.Next(bytes.Length);
            if (change == "remove") bucket.Remove(name);
            else if (change == "flip") bucket.Replace(name, [.. bytes[..at], (byte)(bytes[at] ^ (1 << random.Next(8))), .. bytes[(at + 1)..]]);
            else bucket.Replace(name, change == "cut" ? bytes[..at] : []);

            var report = await Verification.RunAsync(bucket, chain, new VerifyOptions { AsOf = chain.Now });

            // The one thing that no reader can see is that there was a manifest after the last: its absence shows only in silence.
            if (change == "remove" && name == chain.Last.Name) Assert.That(report.ExitCode(false), Is.Zero);
            else Assert.That(report.ExitCode(false), Is.EqualTo(1).Or.EqualTo(3), $"{change} at {at} of {name}");
        }
    }

    [Test]
    public async Task The_same_bucket_gives_the_same_report()
    {
        chain.Start();
        for (var i = 0; i < 30; i++) chain.Chunk();
        using var bucket = chain.Build();
        foreach (var draft in chain.Drafts.Skip(1).Take(20)) bucket.Replace(draft.ChunkName, new byte[bucket[draft.ChunkName].Length]);

        var first = JsonReport.Print(await Verification.RunAsync(bucket, chain, new VerifyOptions { Parallelism = 1, ReadAhead = 1 }), false);
        var second = JsonReport.Print(await Verification.RunAsync(bucket, chain, new VerifyOptions { Parallelism = 16, ReadAhead = 64 }), false);

        Assert.That(second, Is.EqualTo(first));
    }
}
