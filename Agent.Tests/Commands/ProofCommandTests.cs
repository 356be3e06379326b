using System.Text.Json;
using NUnit.Framework;
using Sealtail.Proving;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Commands;

/// <summary>prove, verify-proof and export as users run them.</summary>
internal sealed class ProofCommandTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly ChainBuilder chain = new();

    public ProofCommandTests()
    {
        chain.Start().Chunk().Chunk().Chunk().Stop();
        using var bucket = chain.Build();
        bucket.SaveTo(folder["bucket"]);
        folder.Write("key.pub", chain.PublicKeyPem);
    }

    public void Dispose()
    {
        chain.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task Every_finding_of_a_proof_is_explained()
    {
        foreach (var finding in ProofFinding.All)
        {
            var explained = await RunAsync("explain", finding.Id);
            Assert.That((explained.ExitCode, explained.Output.Contains(finding.NextStep, StringComparison.Ordinal)), Is.EqualTo((0, true)), finding.Id);
        }

        var named = typeof(ProofFinding).GetFields().Select(field => field.GetValue(null)).OfType<FindingKind>();
        Assert.That(ProofFinding.All, Is.EquivalentTo(named), "none is left out");
    }

    [Test]
    public async Task A_proof_is_written_and_holds()
    {
        var prove = await RunAsync("prove", "bucket", "--key", "key.pub", "--audit-id", "id-2", "--out", "case");
        var verify = await RunAsync("verify-proof", "case", "--key", "key.pub", "--strict", "--output", "json");
        var single = await RunAsync("verify-proof", "case/proof-0001");
        var strict = await RunAsync("verify-proof", "case", "--strict");

        Assert.That((prove.ExitCode, verify.ExitCode, single.ExitCode, strict.ExitCode), Is.EqualTo((0, 0, 0, 4)), prove.Error + verify.Error);
        using var report = JsonDocument.Parse(verify.Output);
        Assert.That(report.RootElement.GetProperty("result").GetString(), Is.EqualTo("ok"));
        Assert.That(report.RootElement.GetProperty("proofs")[0].GetProperty("sequence").GetInt64(), Is.EqualTo(2));
        Assert.That(single.Output, Does.StartWith("HOLDS: case/proof-0001: record 0 of manifest 2 of epoch 1 of prod/cp-1/audit").And.Contain("PROOF_KEY_UNANCHORED"));
    }

    [Test]
    public async Task A_changed_record_is_refuted()
    {
        await RunAsync("prove", "bucket", "--audit-id", "id-2", "--out", "case");
        File.AppendAllText(folder["case/proof-0001/record.json"], " ");

        Assert.That((await RunAsync("verify-proof", "case")).ExitCode, Is.EqualTo(1));
    }

    [TestCase(3, "prove", "bucket", "--audit-id", "nobody", "--out", "case")]
    [TestCase(2, "prove", "bucket", "--out", "case")]
    [TestCase(2, "prove", "bucket", "--match", "nobody", "--out", "case")]
    [TestCase(2, "prove", "bucket", "--match", "kind=Event", "--limit", "2", "--out", "case")]
    [TestCase(2, "prove", "bucket", "--audit-id", "id-2", "--out", "bucket")]
    [TestCase(3, "prove", "nowhere", "--audit-id", "id-2", "--out", "case")]
    [TestCase(2, "verify-proof", "nowhere")]
    [TestCase(2, "verify-proof", "bucket")]
    [TestCase(2, "export", "bucket", "--out", "evidence.tar")]
    [TestCase(2, "export", "bucket", "--key", "key.pub", "--out", "evidence.zip")]
    [TestCase(3, "export", "nowhere", "--key", "key.pub", "--out", "evidence.tar")]
    public async Task What_cannot_be_done_says_so(int exitCode, params string[] arguments)
    {
        var ran = await RunAsync(arguments);

        Assert.That(ran.ExitCode, Is.EqualTo(exitCode), ran.Output + ran.Error);
        Assert.That(ran.Output + ran.Error, Does.Not.Contain("fault of sealtail"));
        Assert.That(Directory.Exists(folder["case"]), Is.False);
    }

    [Test]
    public async Task An_export_is_written_once_and_verified_in_the_place_of_its_bucket()
    {
        Assert.That((await RunAsync("keygen", "--out", "auditor.pem")).ExitCode, Is.Zero);
        var export = await RunAsync("export", "bucket", "--key", "key.pub", "--signing-key", "auditor.pem", "--from", Time(1), "--to", Time(2), "--out", "evidence.tar");
        var again = await RunAsync("export", "bucket", "--key", "key.pub", "--out", "evidence.tar");
        var verify = await RunAsync("verify", "evidence.tar", "--key", "key.pub", "--output", "json");

        Assert.That((export.ExitCode, again.ExitCode, verify.ExitCode), Is.EqualTo((0, 2, 0)), export.Error + verify.Error + verify.Output);
        using var report = JsonDocument.Parse(verify.Output);
        Assert.That(report.RootElement.GetProperty("from").GetString(), Is.EqualTo(Time(1)));
        Assert.That(report.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString()), Does.Contain("EXPORTED"));
    }

    [Test]
    public async Task A_policy_is_honoured_and_pinned_as_verify_does()
    {
        var policy = $"version: 1\nkeys:\n  - streams: prod/*\n    publicKey: {Convert.ToBase64String(chain.Spki)}\n";
        folder.Write("trust.yaml", policy);
        folder.Write("revoked.yaml", policy + "    compromisedSince: 2026-01-01\n");
        folder.Write("ended.yaml", policy + "    notAfter: 2026-01-01\n");
        var pin = Sealtail.Format.Digest.Of(File.ReadAllBytes(folder["trust.yaml"])).ToString();

        var prove = await RunAsync("prove", "bucket", "--trust", "trust.yaml", "--trust-sha256", pin, "--audit-id", "id-2", "--out", "case");
        var held = await RunAsync("verify-proof", "case", "--trust", "trust.yaml", "--trust-sha256", pin, "--strict");
        var export = await RunAsync("export", "bucket", "--trust", "trust.yaml", "--trust-sha256", pin, "--from", Time(1), "--to", Time(2), "--out", "evidence.tar");
        var verify = await RunAsync("verify", "evidence.tar", "--trust", "trust.yaml", "--trust-sha256", pin);
        Assert.That((prove.ExitCode, held.ExitCode, export.ExitCode, verify.ExitCode), Is.EqualTo((0, 0, 0, 0)), prove.Error + held.Error + export.Error + verify.Error);

        foreach (var (file, finding) in new[] { ("revoked.yaml", "KEY_COMPROMISED"), ("ended.yaml", "KEY_NOT_VALID") })
        {
            var unproven = await RunAsync("prove", "bucket", "--trust", file, "--audit-id", "id-2", "--out", file + ".case");
            var refused = await RunAsync("verify-proof", "case", "--trust", file);
            var exported = await RunAsync("export", "bucket", "--trust", file, "--from", Time(1), "--to", Time(2), "--out", file + ".tar");
            var offline = await RunAsync("verify", "evidence.tar", "--trust", file);
            Assert.That((unproven.ExitCode, refused.ExitCode, offline.ExitCode), Is.EqualTo((3, 3, 3)), file + unproven.Error + refused.Error + offline.Error);
            Assert.That(new[] { unproven.Output, refused.Output, offline.Output }, Is.All.Contains(finding));
            Assert.That((exported.ExitCode, exported.Output.Contains("now says: inconclusive", StringComparison.Ordinal)), Is.EqualTo((0, true)), "it was read whole, and its report says what it is worth");
            Assert.That(Directory.Exists(folder[file + ".case"]), Is.False);
        }

        foreach (var verb in new[] { new[] { "prove", "bucket", "--audit-id", "id-2", "--out", "other" }, ["verify-proof", "case"], ["export", "bucket", "--out", "other.tar"] })
        {
            var changed = await RunAsync([.. verb, "--trust", "revoked.yaml", "--trust-sha256", pin]);
            Assert.That((changed.ExitCode, changed.Error.Contains("not the pinned", StringComparison.Ordinal)), Is.EqualTo((2, true)), verb[0] + changed.Error);
        }
    }

    private string Time(int sequence) => Sealtail.Format.Timestamp.Print(chain[1, sequence].Manifest.Signed);

    private Task<ProcessResult> RunAsync(params string[] arguments) => SealtailProcess.RunAsync(folder.Path, arguments);
}
