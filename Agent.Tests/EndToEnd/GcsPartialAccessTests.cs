using System.Text.Json;
using NUnit.Framework;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;
using Sealtail.Format;

namespace Sealtail.Tests.EndToEnd;

/// <summary>
/// The program against a store that gives only a part, throttles for longer than anybody waits, loses objects between listing and reading, or breaks off a
/// listing: it cannot conclude (3), tells what was covered, and neither crashes nor says that all is well.
/// </summary>
internal sealed class GcsPartialAccessTests : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private GcsWorld world = null!; // set before each test

    private string[] Chunks => [.. world.Stored.Objects.Select(stored => stored.Name).Where(name => name.StartsWith(ChunkName.Root, StringComparison.Ordinal))];

    [SetUp]
    public async Task SetUpAsync()
    {
        world = await GcsWorld.StartAsync();
        for (var run = 0; run < 2; run++)
        {
            world.Write(700); // two chunks or more
            await world.DrainAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await world.DisposeAsync();
        folder.Dispose();
    }

    private static IEnumerable<TestCaseData> Refusals()
    {
        yield return Case("403", new FaultRule { Kind = FaultKind.Status, Status = 403, Reason = "forbidden", Message = "auditor@example.com does not have storage.objects.get access." });
        yield return Case("gone since it was listed", new FaultRule { Kind = FaultKind.Status, Status = 404, Reason = "notFound", Message = "No such object." });
        yield return Case("a storm beyond all retries", new FaultRule { Kind = FaultKind.Status, Status = 429, RetryAfter = "0", Probability = 0.5 }, new FaultRule { Kind = FaultKind.Reset, Probability = 0.3 }, new FaultRule { Kind = FaultKind.Status, Status = 503, Body = FaultBody.Html });

        static TestCaseData Case(string name, params FaultRule[] rules) => new TestCaseData([rules]).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task A_chunk_that_the_store_does_not_give_is_told_by_each_verb_and_the_rest_is_covered(FaultRule[] refusals)
    {
        var all = await VerifyAsync();
        Assert.That(all.ExitCode, Is.Zero, "nothing is wrong yet");
        foreach (var refusal in refusals) world.Server.Faults.Add(refusal with { Method = "GET", Name = Chunks[0] });

        var runs = await Task.WhenAll(
            VerifyAsync(),
            RunAsync("prove", "--match", "pad=p", "--out", "case", "--key", Key),
            RunAsync("export", "--out", "evidence.tar", "--key", Key));
        var offline = await SealtailProcess.RunAsync(folder.Path, "verify", "evidence.tar", "--key", Key, "--output", "json");

        var (verify, prove, export) = (runs[0], runs[1], runs[2]);
        foreach (var ran in runs.Append(offline)) AssertNothingConcluded(ran);
        Assert.That(Ids(verify), Does.Contain("OBJECT_UNREADABLE"));
        Assert.That(Records(verify), Is.GreaterThan(0).And.LessThan(Records(all)));
        Assert.That(Covered(verify), Is.Not.Empty);
        Assert.That(prove.Output, Does.Contain($"Not searched: {Chunks[0]}").And.Contain("proof-0001").And.Contain("verify-proof"));
        Assert.That((await SealtailProcess.RunAsync(folder.Path, "verify-proof", "case/proof-0001", "--key", Key)).ExitCode, Is.Zero, "what was found is proven");
        Assert.That(export.Output, Does.Contain("the export is not whole").And.Contain(Chunks[0]));
        Assert.That(Ids(offline), Does.Contain("OBJECT_UNREADABLE"));
        Assert.That(Records(offline), Is.EqualTo(Records(verify)));
    }

    [Test]
    public async Task A_listing_that_breaks_off_half_way_is_told_and_what_it_showed_is_covered()
    {
        for (var i = 0; i < 1100; i++) world.Stored.Put($"v1/drill/{i:D5}", "x"u8.ToArray()); // between chunks and manifests: a second page
        Assert.That((await VerifyAsync()).ExitCode, Is.Zero, "nothing is wrong yet");
        world.Server.Faults.Add(new() { Call = GcsCall.ObjectList, Skip = 1, Kind = FaultKind.Status, Status = 403, Reason = "forbidden", Message = "Permission was taken away." });
        var verify = await VerifyAsync();
        world.Server.Faults.Clear();
        world.Server.Faults.Add(new() { Call = GcsCall.ObjectList, Skip = 2, Kind = FaultKind.Status, Status = 403, Reason = "forbidden", Message = "Permission was taken away." });
        var later = await VerifyAsync();
        var prove = await RunAsync("prove", "--match", "pad=p", "--out", "case", "--key", Key);
        var export = await RunAsync("export", "--out", "evidence.tar", "--key", Key);

        foreach (var ran in new[] { verify, later, prove, export }) AssertNothingConcluded(ran);
        Assert.That(Ids(verify), Does.Contain("BUCKET_UNREADABLE"));
        Assert.That(Ids(later), Does.Contain("BUCKET_UNREADABLE"));
        Assert.That(File.Exists(folder["evidence.tar"]), Is.False, "half a list of objects is no export");
    }

    [Test]
    public async Task A_bucket_that_may_not_be_listed_or_never_answers_is_inconclusive_for_each_verb([Values(403, 503)] int status)
    {
        world.Server.Faults.Add(new() { Call = GcsCall.ObjectList, Kind = FaultKind.Status, Status = status, Reason = status == 403 ? "forbidden" : null, Message = status == 403 ? "No storage.objects.list." : null });

        var runs = await Task.WhenAll(VerifyAsync(), RunAsync("prove", "--match", "kind=Event", "--out", "case", "--key", Key), RunAsync("export", "--out", "evidence.tar", "--key", Key));

        foreach (var ran in runs) AssertNothingConcluded(ran);
        Assert.That(Ids(runs[0]), Does.Contain("BUCKET_UNREADABLE"));
        Assert.That(Directory.Exists(folder["case"]) || File.Exists(folder["evidence.tar"]), Is.False);
    }

    [TestCase(GcsCall.BucketGet, 403)]
    [TestCase(GcsCall.BucketGetIamPolicy, 403)]
    [TestCase(GcsCall.ProjectGetIamPolicy, 503)]
    [TestCase(GcsCall.BucketGet, 429)]
    public async Task What_a_bucket_check_may_not_see_or_is_never_told_is_unknown(GcsCall call, int status)
    {
        // A bucket whose IAM policy has nothing to complain of.
        var bucket = world.Server.Buckets.Create("good", new BucketSettings { Retention = TimeSpan.FromDays(400), Locked = true });
        bucket.IamPolicy["bindings"] = new System.Text.Json.Nodes.JsonArray();
        world.Server.Faults.Add(new() { Call = call, Kind = FaultKind.Status, Status = status, Reason = status == 403 ? "forbidden" : null, Message = status == 403 ? "No." : null });

        var check = await SealtailProcess.RunAsync(folder.Path, Store, "bucket", "check", "gs://good", "--output", "json");

        Assert.That(check.Output + check.Error, Does.Not.Contain("fault of sealtail"));
        using var report = JsonDocument.Parse(check.Output);
        Assert.That(report.RootElement.GetProperty("checks").EnumerateArray().Select(item => item.GetProperty("state").GetString()), Does.Contain("unknown"), check.Output);
        Assert.That(check.ExitCode, Is.EqualTo(3).Or.EqualTo(1), "1 where what could be seen is bad");
    }

    [Test]
    public async Task A_moment_s_throttling_is_waited_out_by_each_verb()
    {
        foreach (var call in new[] { GcsCall.ObjectList, GcsCall.ObjectGet, GcsCall.BucketGet })
            world.Server.Faults.Add(new() { Call = call, Kind = FaultKind.Status, Status = 429, RetryAfter = "0", Count = 3 });

        var runs = await Task.WhenAll(VerifyAsync(), RunAsync("prove", "--audit-id", "00000001", "--out", "case", "--key", Key), RunAsync("export", "--out", "evidence.tar", "--key", Key));

        Assert.That(runs.Select(ran => ran.ExitCode), Is.All.Zero, string.Join('\n', runs.Select(ran => ran.Error)));
    }

    private string Key => world["signing.pem.pub"];

    private (string, string)[] Store => [("STORAGE_EMULATOR_HOST", world.Server.Address.ToString())];

    private Task<ProcessResult> VerifyAsync() => RunAsync("verify", "--key", Key, "--output", "json");

    private Task<ProcessResult> RunAsync(string verb, params string[] arguments) => SealtailProcess.RunAsync(folder.Path, Store, [verb, $"gs://{GcsWorld.Bucket}", .. arguments]);

    private static void AssertNothingConcluded(ProcessResult ran)
    {
        Assert.That(ran.ExitCode, Is.EqualTo(3), ran.Output + ran.Error);
        Assert.That(ran.Output + ran.Error, Does.Not.Contain("fault of sealtail").And.Not.Contain("   at "));
    }

    private static string?[] Ids(ProcessResult verify)
    {
        using var report = JsonDocument.Parse(verify.Output);
        return [.. report.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString())];
    }

    private static long Records(ProcessResult verify)
    {
        using var report = JsonDocument.Parse(verify.Output);
        return report.RootElement.GetProperty("streams")[0].GetProperty("records").GetInt64();
    }

    private static string[] Covered(ProcessResult verify)
    {
        using var report = JsonDocument.Parse(verify.Output);
        return [.. report.RootElement.GetProperty("streams")[0].GetProperty("covered").EnumerateArray().Select(range => range.ToString())];
    }
}
