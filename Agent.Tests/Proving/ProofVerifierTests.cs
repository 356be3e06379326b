using System.Diagnostics;
using System.Text;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Proving;
using Sealtail.Tests.FakeGcs;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Proving;

/// <summary>A proof holds as it was written, and in no other way; and strangers' tools say the same.</summary>
internal sealed class ProofVerifierTests : IDisposable
{
    private readonly ProofBed bed = new();

    public void Dispose() => bed.Dispose();

    [TestCase("a-0-0")]
    [TestCase("a-1-1")]
    [TestCase("a-3-4")]
    [TestCase("b-0-0")]
    [TestCase("o-0-0")]
    public async Task A_proof_holds_with_and_without_the_reader_s_own_key(string auditId)
    {
        var folder = await bed.WriteAsync(auditId);
        using var trust = bed.Trust();

        Assert.That(ProofVerifier.Verify(folder, trust).Findings.Select(finding => finding.Kind.Id), Is.EqualTo(new[] { "PROOF_CHECKPOINT_BY_PROVER" }));
        Assert.That(ProofVerifier.Verify(folder, null).Findings.Select(finding => finding.Kind.Id), Is.EqualTo(new[] { "PROOF_KEY_UNANCHORED", "PROOF_CHECKPOINT_BY_PROVER" }));
    }

    [Test]
    public async Task One_changed_bit_in_any_byte_of_any_file_is_noticed()
    {
        var folder = await bed.WriteAsync("a-1-1");
        var seed = TestContext.CurrentContext.Random.Next();
        var random = new Random(seed);
        foreach (var file in Directory.GetFiles(folder).Where(file => Path.GetFileName(file) != ProofFolder.Readme))
        {
            var bytes = File.ReadAllBytes(file);
            var hints = HintsIn(bytes);
            for (var at = 0; at < bytes.Length; at++)
            {
                if (hints.Any(hint => at >= hint.Start && at < hint.End)) continue; // which decides nothing
                var bit = (byte)(1 << random.Next(8));
                bytes[at] ^= bit;
                File.WriteAllBytes(file, bytes);
                bytes[at] ^= bit;
                Assert.That(ProofVerifier.Verify(folder, null).Worst, Is.GreaterThanOrEqualTo(Severity.Inconclusive), $"{Path.GetFileName(file)} byte {at} ^ {bit}, seed {seed}");
            }

            File.WriteAllBytes(file, bytes);
        }
    }

    [Test]
    public async Task A_file_that_is_missing_is_noticed([Values(ProofFolder.Record, ProofFolder.RecordPath, ProofFolder.Manifest, ProofFolder.ManifestKey, ProofFolder.Log, ProofFolder.LogKey, ProofFolder.Sigstore)] string name)
    {
        var folder = await bed.WriteAsync("a-1-1");
        File.Delete(Path.Combine(folder, name));

        Assert.That(ProofVerifier.Verify(folder, null).Worst, Is.EqualTo(Severity.Inconclusive));
    }

    [Test]
    public async Task A_proof_s_parts_do_not_prove_another_record()
    {
        var (one, other) = (await bed.WriteAsync("a-1-1"), await bed.WriteAsync("a-2-1"));
        foreach (var name in new[] { ProofFolder.Record, ProofFolder.Manifest, ProofFolder.Log })
        {
            var own = File.ReadAllBytes(Path.Combine(one, name));
            File.Copy(Path.Combine(other, name), Path.Combine(one, name), overwrite: true);
            Assert.That(ProofVerifier.Verify(one, null).Worst, Is.EqualTo(Severity.Error), name);
            File.WriteAllBytes(Path.Combine(one, name), own);
        }

        Assert.That(ProofVerifier.Verify(one, null).Worst, Is.EqualTo(Severity.Warning));
    }

    [Test]
    public async Task A_proof_by_a_key_that_is_not_trusted_for_the_stream_is_refused()
    {
        var folder = await bed.WriteAsync("a-1-1");
        using var trust = new TrustPolicy([new TrustAnchor(StreamGlob.Parse("*"), VerificationKey.FromSpki(bed.Other.Spki), "test")]);

        Assert.That(ProofVerifier.Verify(folder, trust).Findings.Select(finding => finding.Kind), Does.Contain(ProofFinding.KeyUntrusted));
    }

    [Test]
    public async Task Nothing_of_other_records_is_in_a_proof()
    {
        var folder = await bed.WriteAsync("a-1-1");
        var said = string.Concat(Directory.GetFiles(folder).Select(File.ReadAllText));
        said += Encoding.UTF8.GetString(Envelope.Parse(File.ReadAllBytes(Path.Combine(folder, ProofFolder.Manifest))).Payload);

        Assert.That(said, Does.Contain("secret of a-1-1"));
        foreach (var i in new[] { 2, 3 }) Assert.That(said, Does.Not.Contain($"a-1-{i}"));
        foreach (var i in new[] { 0, 4 }) Assert.That(said, Does.Not.Contain($"secret of a-1-{i}"), "of the chunk's first and last record, the manifest has but audit ID, stage and time");
        foreach (var chunk in new[] { 0, 2, 3 }) Assert.That(said, Does.Not.Contain($"a-{chunk}-"));
    }

    [TestCase("a-0-0")]
    [TestCase("a-1-1")]
    [TestCase("a-3-4")]
    [TestCase("o-0-0")]
    public async Task The_readme_s_shell_lines_hold_for_the_proof_and_for_no_other_record(string auditId)
    {
        var folder = await bed.WriteAsync(auditId);
        var readme = File.ReadAllText(Path.Combine(folder, ProofFolder.Readme));
        var begin = readme.IndexOf("```sh\n", StringComparison.Ordinal) + 6;
        var lines = readme[begin..readme.IndexOf("```\n", begin, StringComparison.Ordinal)];

        var held = RunShell(lines, folder);
        var record = File.ReadAllText(Path.Combine(folder, ProofFolder.Record));
        File.WriteAllText(Path.Combine(folder, ProofFolder.Record), record.Replace("get", "put", StringComparison.Ordinal));
        var changed = RunShell(lines, folder);
        File.WriteAllText(Path.Combine(folder, ProofFolder.Record), record);
        var log = File.ReadAllText(Path.Combine(folder, ProofFolder.Log));
        File.WriteAllText(Path.Combine(folder, ProofFolder.Log), log.Replace("\n6\n", "\n7\n", StringComparison.Ordinal).Replace("\n2\n", "\n3\n", StringComparison.Ordinal));
        var relogged = RunShell(lines, folder);

        Assert.That(held.ExitCode, Is.Zero, held.Output);
        Assert.That(held.Output, Does.Contain("The proof holds under key "));
        Assert.That((changed.ExitCode, relogged.ExitCode), Is.EqualTo((1, 1)), changed.Output + relogged.Output);
    }

    /// <summary>Sigstore's own verifier. It needs Node.js and a package registry, so it runs only where <c>SEALTAIL_CONFORMANCE=1</c> is set.</summary>
    [Test, Category("Conformance"), CancelAfter(300_000)]
    public async Task Sigstore_s_verifier_holds_the_bundle_for_good(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("SEALTAIL_CONFORMANCE") != "1") Assert.Ignore("Set SEALTAIL_CONFORMANCE=1 to run Sigstore's own verifier.");
        var folder = await bed.WriteAsync("a-1-1");
        foreach (var name in new[] { "package.json", "package-lock.json", "check.mjs" })
            File.Copy(Path.Combine(TestContext.CurrentContext.TestDirectory, "Proving", "sigstore", name), Path.Combine(folder, name));
        var install = await ClientProcess.RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, new Dictionary<string, string>(), "", cancellationToken);
        if (install is null) Assert.Ignore("npm is not installed.");
        Assert.That(install!.ExitCode, Is.Zero, install.Output);

        string[] check = ["check.mjs", ProofFolder.Sigstore, ProofFolder.ManifestKey, Digest.Of(bed.Chain.Spki).ToString()];
        var good = await ClientProcess.RunAsync("node", check, folder, new Dictionary<string, string>(), "", cancellationToken);
        var bundle = Path.Combine(folder, ProofFolder.Sigstore);
        File.WriteAllText(bundle, File.ReadAllText(bundle).Replace("\"payload\":\"eyJfdHlw", "\"payload\":\"eyJfdHlx", StringComparison.Ordinal));
        var bad = await ClientProcess.RunAsync("node", check, folder, new Dictionary<string, string>(), "", cancellationToken);

        Assert.That(good!.Output, Does.Contain("Sigstore holds the bundle for good: ec"));
        Assert.That(bad!.ExitCode, Is.Not.Zero);
    }

    // The values of keyid and hint, and the key's PEM text around its base64.
    private static List<(int Start, int End)> HintsIn(byte[] bytes)
    {
        var hints = new List<(int, int)>();
        foreach (var key in new[] { "\"keyid\":\"", "\"hint\":\"" })
            for (var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(key)); at >= 0;)
            {
                // An escape or the quote itself: then the document is another one, which is noticed.
                hints.Add((at, at + key.Length + 64));
                var next = bytes.AsSpan(at + 1).IndexOf(Encoding.UTF8.GetBytes(key));
                at = next < 0 ? -1 : at + 1 + next;
            }

        return hints;
    }

    private static (int ExitCode, string Output) RunShell(string lines, string folder) => ShellTools.Bash(lines, folder);
}
