using System.Diagnostics;
using System.IO.Pipes;
using NUnit.Framework;
using Sealtail.Proving;
using Sealtail.Tampering;
using Sealtail.Tests.Proving;
using Sealtail.Tests.Support;
using Sealtail.Trusting;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>Whatever lies where a key, a trust file, a proof or a bucket is expected: an end, and a message that says what is wrong.</summary>
internal sealed class OddFileTests : IDisposable
{
    private static readonly string[] Kinds = ["fifo", "directory", "circle", "dangling", "device", "huge"];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Test]
    public async Task A_part_of_a_proof_that_is_no_file_ends_inconclusive(
        [Values(ProofFolder.Record, ProofFolder.RecordPath, ProofFolder.Manifest, ProofFolder.ManifestKey, ProofFolder.Log, ProofFolder.LogKey, ProofFolder.Sigstore)] string name,
        [ValueSource(nameof(Kinds))] string kind)
    {
        using var bed = new ProofBed();
        var proof = await bed.WriteAsync("a-1-1");
        File.Delete(Path.Combine(proof, name));
        Put(Path.Combine(proof, name), kind);

        var report = ProofVerifier.Verify(proof, null);

        Assert.That(report.Worst, Is.GreaterThanOrEqualTo(Severity.Inconclusive));
        Assert.That(report.Findings.Select(finding => finding.Message), Has.Some.Contains(name));
    }

    [TestCaseSource(nameof(Kinds))]
    public void A_trust_file_that_is_no_file_is_refused_with_its_name(string kind)
    {
        Put(folder["trust"], kind);

        if (kind == "fifo") Assert.That(() => TrustFile.ReadKey(folder["trust"]), Throws.TypeOf<TrustException>()); // nobody writes: it is empty
        else Assert.That(() => TrustDocument.Read(folder["trust"], null), Throws.TypeOf<TrustException>().With.Message.Contains(folder["trust"]));
        Assert.That(() => TrustFile.ReadKey(folder["trust"]), Throws.TypeOf<TrustException>().With.Message.Contains(folder["trust"]));
    }

    [Test]
    public async Task A_pipe_that_a_shell_makes_is_read()
    {
        using var chain = new ChainBuilder();
        await using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var kept = pipe.ClientSafePipeHandle;
        await pipe.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"prod/*/audit {Convert.ToBase64String(chain.Spki)} cp-1\n"));
        var reading = Task.Run(() => TrustDocument.Read($"/proc/self/fd/{kept.DangerousGetHandle()}", null));
        await pipe.DisposeAsync(); // before, while or after it is read

        using var trust = await reading;

        Assert.That(trust.Anchors.Select(anchor => anchor.Key.Spki), Is.EqualTo(new[] { chain.Spki }));
    }

    [Test]
    public async Task A_bucket_with_what_is_no_file_is_verified_to_its_end([Values("fifo", "circle", "dangling", "device")] string kind, [Values] bool isManifest)
    {
        using var bed = new VerifyBed();
        var victim = Directory.GetFiles(Path.Combine(bed["bucket"], "v1", isManifest ? "manifests" : "chunks"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ElementAt(1);
        File.Delete(victim);
        Put(victim, kind);

        foreach (var scope in new string[][] { [], ["--manifests-only"] })
        {
            var result = await bed.RunAsync(["verify", "bucket", "--key", "key.pub", .. scope]);
            Assert.That(result.ExitCode, Is.AnyOf(1, 3), result.Output + result.Error);
            Assert.That(result.Output + result.Error, Does.Not.Contain("   at Sealtail"));
        }
    }

    [Test]
    public async Task An_export_that_is_a_pipe_is_refused()
    {
        using var bed = new VerifyBed();
        Put(bed["evidence.tar"], "fifo");

        var result = await bed.RunAsync("verify", "evidence.tar", "--key", "key.pub");

        Assert.That(result.ExitCode, Is.AnyOf(2, 3), result.Output + result.Error);
        Assert.That(result.Output + result.Error, Does.Contain("not a regular file"));
    }

    private static void Put(string path, string kind)
    {
        if (kind == "fifo") Process.Start("mkfifo", path).WaitForExit();
        else if (kind == "directory") Directory.CreateDirectory(path);
        else if (kind != "huge") File.CreateSymbolicLink(path, kind switch { "circle" => path, "device" => "/dev/zero", _ => "nowhere" });
        else
            using (var file = File.Create(path))
                file.SetLength(1L << 40); // of holes
    }
}
