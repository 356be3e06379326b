using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Journal;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;
using Sealtail.Tampering;
using Sealtail.Tests.Verifying;
using Sealtail.Verifying;

namespace Sealtail.Tests.EndToEnd;

/// <summary>Verifying a bucket of several streams, some with more objects than a page holds, over real connections.</summary>
internal sealed class GcsListingTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    // Made once, and only read by the tests.
    private static readonly List<ChainBuilder> Chains = [];
    private static readonly Dictionary<string, byte[]> Objects = [];
    private static VerifyReport whole = null!; // set before the first test

    private readonly FakeTimeProvider faultTime = new();
    private FakeGcsServer server = null!; // set before each test
    private GcsBucket bucket = null!;

    [OneTimeSetUp]
    public static async Task MakeChainsAsync()
    {
        foreach (var (stream, chunks) in new[] { ("a/cp-1/audit", 1100), ("a/cp-2/audit", 20), ("b/cp-1/audit", 20) })
        {
            var chain = new ChainBuilder(stream, new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero)) { Step = TimeSpan.FromMinutes(1) }; // the most of a day
            chain.Start();
            for (var i = 0; i < chunks; i++) chain.Chunk();
            chain.Stop();
            for (var epoch = 0; epoch < 9; epoch++) chain.Start().Chunk().Stop();
            Chains.Add(chain);
            using var made = chain.Build();
            foreach (var name in made.Names) Objects.Add(name, made[name]);
        }

        using var all = new MemoryBucket();
        foreach (var (name, bytes) in Objects) all.Replace(name, bytes);
        whole = await Verification.RunAsync(all, Chains);
    }

    [OneTimeTearDown]
    public static void ForgetChains() => Chains.ForEach(chain => chain.Dispose());

    [SetUp]
    public async Task SetUpAsync()
    {
        server = await FakeGcsServer.StartAsync(new FakeGcsOptions { FaultTime = faultTime }, TimeProvider.System);
        var stored = server.Buckets.Create("audit", new BucketSettings());
        foreach (var (name, bytes) in Objects) stored.Put($"k8s/{name}", bytes);
        bucket = GcsBucket.Open(new BucketOptions { Location = "gs://audit/k8s", Endpoint = server.Address, Credentials = new CredentialOptions { Type = CredentialType.None } }, GcsScope.Read, new GcsEnvironment { Proxy = new System.Net.WebProxy() }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        bucket.Dispose();
        await server.DisposeAsync();
    }

    [Test]
    public async Task Every_stream_is_found_and_proven_whole()
    {
        var report = await VerifyAsync();

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(report.Streams.Select(stream => (stream.Stream, stream.Manifests, stream.Bytes)), Is.EqualTo(whole.Streams.Select(stream => (stream.Stream, stream.Manifests, stream.Bytes))));
        Assert.That(report.Streams.Sum(stream => stream.Manifests + stream.Chunks), Is.EqualTo(Objects.Count));
    }

    [Test, CancelAfter(90_000)]
    public async Task Folders_are_listed_side_by_side(CancellationToken cancellationToken)
    {
        // Listings wait until time moves. It stands still until as many wait as there should be.
        server.Faults.Add(new() { Kind = FaultKind.Stall, Call = GcsCall.ObjectList, Delay = TimeSpan.FromSeconds(1) });
        var index = new BucketIndex(new VerifyOptions { ListingsAtOnce = 5 }, new FindingLog());
        var reading = index.ReadAsync(bucket, cancellationToken);
        var most = 0;
        for (var opened = 0; !reading.IsCompleted; await Task.Delay(5, cancellationToken))
        {
            var waiting = server.Journal.Requests.Count(request => request.Stage == RequestStage.Stalled);
            most = Math.Max(most, waiting);
            opened = server.Journal.Requests.Count(request => request.Stage == RequestStage.Replied);
            // The tree's first folders come one after the other: the root, its three, their clusters, ...
            if (most >= 5 || opened < 20) faultTime.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(await reading, Is.True);
        Assert.That(most, Is.InRange(5, 10), "each may have one page in hand and one on its way");
        Assert.That(index.Streams.Select(stream => stream.Manifests), Is.EqualTo(Chains.Select(chain => (long)chain.Drafts.Count)));
    }

    [Test]
    public async Task Failures_in_any_of_the_listings_are_read_over()
    {
        // Of each folder a few, fewer than it is tried.
        var struck = new[]
        {
            server.Faults.Add(new() { Kind = FaultKind.Status, Status = 503, RetryAfter = "0", Call = GcsCall.ObjectList, PerName = true, Count = 1 }),
            server.Faults.Add(new() { Kind = FaultKind.Reset, Call = GcsCall.ObjectList, PerName = true, Count = 1, Probability = 0.5 }),
            server.Faults.Add(new() { Kind = FaultKind.Truncate, Form = FaultForm.Applied, AfterBytes = 30, Call = GcsCall.ObjectList, PerName = true, Skip = 1, Count = 1 }),
        };

        Assert.That((await VerifyAsync()).Weighing(), Is.Empty);
        Assert.That(struck.Sum(fault => fault.Struck), Is.GreaterThan(10));
    }

    // The fault's words: a page of one stream's folder, of a folder above it, of one epoch, of one day.
    [TestCase("v1/manifests/a/cp-2/", "a/cp-2/audit", 0)]
    [TestCase("v1/manifests/a/cp-2/audit/e00000004/", "a/cp-2/audit", 4)]
    [TestCase("v1/manifests/b/", "b/cp-1/audit", 0)]
    [TestCase("v1/chunks/cluster=a/node=cp-2/", "a/cp-2/audit", 99)]
    public async Task What_may_not_be_listed_is_not_concluded_and_all_else_is_proven(string folder, string stream, int epochs)
    {
        server.Faults.Add(new() { Kind = FaultKind.Status, Status = 403, Reason = "forbidden", Message = "No.", Call = GcsCall.ObjectList, Name = $"k8s/{folder}" });

        var report = await VerifyAsync();

        Assert.That(report.ExitCode(strict: false), Is.EqualTo(3));
        Assert.That(report.Findings.Where(finding => finding.Severity > Severity.Info).Select(finding => finding.Kind.Id).Distinct(), Is.EqualTo(new[] { "BUCKET_UNREADABLE" }), string.Join(' ', report.Weighing()));
        Assert.That(report.Findings.Select(finding => finding.Message), Has.Some.Contains(folder));
        Assert.That(report.Streams.Select(item => item.Stream), Is.EqualTo(whole.Streams.Select(item => item.Stream)));
        foreach (var (before, after) in whole.Streams.Zip(report.Streams))
        {
            if (before.Stream != stream) Assert.That((after.Manifests, after.Bytes, after.Covered.Count), Is.EqualTo((before.Manifests, before.Bytes, before.Covered.Count)), "no other stream is concerned");
            else if (epochs == 0) Assert.That(after.Covered, Is.Empty);
            else if (epochs == 4) Assert.That(after.Epochs, Is.EqualTo(3), "all epochs before the one that may not be listed");
        }
    }

    [Test]
    public async Task A_listing_that_fails_for_good_ends_with_what_was_covered()
    {
        // 429 is tried again, six times; it never goes away.
        server.Faults.Add(new() { Kind = FaultKind.Status, Status = 429, RetryAfter = "0", Call = GcsCall.ObjectList, Name = "k8s/v1/manifests/a/cp-2/audit/e00000007/" });

        var report = await VerifyAsync();

        Assert.That(report.ExitCode(strict: false), Is.EqualTo(3));
        Assert.That(report.Weighing().Select(text => text.Split(' ')[0]).Distinct(), Is.EqualTo(new[] { "BUCKET_UNREADABLE" }));
        Assert.That(report.Streams.Select(stream => stream.Epochs), Is.EqualTo(new long[] { 10, 6, 10 }));
        Assert.That(server.Journal.Requests.Count(request => request.Fault is not null), Is.EqualTo(6));
    }

    [Test]
    public async Task Streams_that_were_not_asked_for_are_not_listed()
    {
        var report = await VerifyAsync(new VerifyOptions { Streams = StreamGlob.Parse("b/*") });

        Assert.That(report.Weighing(), Is.Empty);
        Assert.That(report.Streams.Single().Stream, Is.EqualTo("b/cp-1/audit"));
        Assert.That(server.Journal.Requests.Select(request => Uri.UnescapeDataString(request.Target)), Has.None.Contains("a/cp-1/audit/").And.None.Contains("node=cp-2/source=audit"));
    }

    private Task<VerifyReport> VerifyAsync(VerifyOptions? options = null) => Verification.RunAsync(bucket, Chains, options).WaitAsync(Patience);
}
