using System.Text.Json;
using NUnit.Framework;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Verifying;

/// <summary><c>sealtail verify</c> as users run it: a process, its exit code, and what it prints where.</summary>
internal sealed class VerifyCommandTests : IDisposable
{
    private readonly VerifyBed bed = new();

    public void Dispose() => bed.Dispose();

    [TestCase("--key", "key.pub")]
    [TestCase("--trust", "trust.txt")]
    public async Task A_good_bucket_is_ok(string option, string file)
    {
        var result = await RunAsync("bucket", option, file, "--strict");

        Assert.That(result.ExitCode, Is.Zero, result.Error + result.Output);
        Assert.That(result.Output, Does.StartWith("OK: ").And.Contain("prod/cp-1/audit").And.Contain("TIME_UNPROVEN"));
        Assert.That(result.Error, Is.Empty);
    }

    [Test]
    public async Task A_bucket_may_be_an_address()
    {
        var result = await RunAsync($"file://{bed["bucket"]}", "--key", "key.pub", "--output", "json");

        using var json = JsonDocument.Parse(result.Output);
        Assert.That(json.RootElement.GetProperty("result").GetString(), Is.EqualTo("ok"));
    }

    [Test]
    public async Task A_changed_chunk_is_proven()
    {
        var path = Path.Combine(bed["bucket"], bed.Chain[1, 1].ChunkName);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);

        var result = await RunAsync("bucket", "--key", "key.pub");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Output, Does.StartWith("FAILED: ").And.Contain("CHUNK_DIGEST_MISMATCH"));
    }

    [Test]
    public async Task A_later_time_cannot_be_concluded_about()
    {
        var result = await RunAsync("bucket", "--key", "key.pub", "--as-of", "2200-01-01");

        Assert.That(result.ExitCode, Is.EqualTo(3), result.Error);
        Assert.That(result.Output, Does.StartWith("INCONCLUSIVE: ").And.Contain("STOPPED_BEFORE"));
    }

    [Test]
    public async Task A_bucket_that_is_not_there_cannot_be_concluded_about()
    {
        var result = await RunAsync("nowhere", "--key", "key.pub", "--output", "json");

        Assert.That(result.ExitCode, Is.EqualTo(3));
        Assert.That(result.Output, Does.Contain("BUCKET_UNREADABLE"));
    }

    private static IEnumerable<TestCaseData> WrongUsage()
    {
        yield return Case("no key", "--key PUB.pem", "bucket");
        yield return Case("no bucket", "BUCKET", "--key", "key.pub");
        yield return Case("absent key", "absent.pub cannot be read", "bucket", "--key", "absent.pub");
        yield return Case("a key that is none", "trust.txt: ", "bucket", "--key", "trust.txt");
        yield return Case("a trust file that is none", "key.pub:1:1: ", "bucket", "--trust", "key.pub");
        yield return Case("a time that is none", "--from yesterday is not a time", "bucket", "--key", "key.pub", "--from", "yesterday");
        yield return Case("an interval that ends before it begins", "--from is after --to", "bucket", "--key", "key.pub", "--from", "2026-11-23", "--to", "2026-11-22");
        yield return Case("a glob that is none", "--stream: ", "bucket", "--key", "key.pub", "--stream", "UPPER/*");
        yield return Case("an output that is none", "--output must be human or json", "bucket", "--key", "key.pub", "--output", "xml");
        yield return Case("a bucket that is none", "names no bucket", "s3://x", "--key", "key.pub");
        yield return Case("an unknown option", "did you mean --strict", "bucket", "--key", "key.pub", "--strikt");

        static TestCaseData Case(string name, string message, params string[] arguments) => new TestCaseData(message, arguments).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(WrongUsage))]
    public async Task Wrong_usage_is_told_and_proves_nothing(string message, string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.That(result.ExitCode, Is.EqualTo(2), result.Error + result.Output);
        Assert.That(result.Error, Does.Contain(message));
        Assert.That(result.Error, Does.Not.Contain("   at "), "no stack trace");
        Assert.That(result.Output, Is.Empty);
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) => bed.RunAsync(["verify", .. arguments]);
}
