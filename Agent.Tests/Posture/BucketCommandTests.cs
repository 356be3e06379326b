using System.Text.Json;
using NUnit.Framework;
using Sealtail.FakeGcs.Storage;
using Sealtail.Format;
using Sealtail.Tests.Buckets;

namespace Sealtail.Tests.Posture;

/// <summary><c>sealtail bucket</c> and <c>sealtail drill</c> as users run them.</summary>
internal sealed class BucketCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Test]
    public async Task A_bucket_is_created_checked_locked_and_drilled()
    {
        await using var bed = await GcsBed.StartAsync();

        var created = await RunAsync(bed, "bucket", "create", "gs://acme-audit", "--project", "p", "--location", "EU", "--retention", "365d", "--yes");
        Assert.That(created.ExitCode, Is.Zero, created.Error);
        Assert.That(created.Output, Does.StartWith("Create bucket acme-audit").And.Contain("Created gs://acme-audit"));
        var state = bed.Server.Buckets["acme-audit"].State;
        Assert.That((state.RetentionSeconds, state.Locked), Is.EqualTo((365L * 86_400, false)));

        Assert.That((await RunAsync(bed, "bucket", "check", "gs://acme-audit")).ExitCode, Is.EqualTo(1), "not locked");
        Assert.That((await RunAsync(bed, "bucket", "lock", "gs://acme-audit", "--yes-lock", "acme-audio")).ExitCode, Is.EqualTo(2));
        Assert.That((await RunAsync(bed, "bucket", "lock", "gs://acme-audit")).ExitCode, Is.EqualTo(2), "nobody typed the name");
        Assert.That(bed.Server.Buckets["acme-audit"].State.Locked, Is.False);

        var locked = await RunAsync(bed, "bucket", "lock", "gs://acme-audit", "--yes-lock", "acme-audit");
        Assert.That(locked.ExitCode, Is.Zero, locked.Error);
        Assert.That(bed.Server.Buckets["acme-audit"].State.Locked, Is.True);

        var key = folder["auditor.pem"];
        Assert.That((await SealtailProcess.RunAsync(folder.Path, "keygen", "--out", key)).ExitCode, Is.Zero);
        var drilled = await RunAsync(bed, "drill", "gs://acme-audit/k8s", "--report", folder["drill.json"], "--sign", key, "--store", "--output", "json");
        Assert.That(drilled.ExitCode, Is.Zero, drilled.Error + drilled.Output);
        using var report = JsonDocument.Parse(drilled.Output);
        Assert.That(report.RootElement.GetProperty("result").GetString(), Is.EqualTo("held"));
        Assert.That(bed.Server.Buckets["acme-audit"].Objects.Select(stored => stored.Name), Has.All.StartsWith("k8s/v1/drill/").And.Exactly(2).Items);

        var envelope = Envelope.Parse(File.ReadAllBytes(folder["drill.json.dsse.json"]));
        using var auditor = VerificationKey.FromPem(File.ReadAllText(key + ".pub"));
        Assert.That(auditor.Verify(Envelope.PreAuthenticationEncoding(envelope.Payload), envelope.Signatures[0].Signature));
        using var statement = JsonDocument.Parse(envelope.Payload);
        Assert.That(statement.RootElement.GetProperty("subject")[0].GetProperty("digest").GetProperty("sha256").GetString(), Is.EqualTo(Digest.Of(File.ReadAllBytes(folder["drill.json"])).ToString()));
    }

    [Test]
    public async Task A_directory_has_no_posture_and_a_drill_that_says_so()
    {
        var check = await SealtailProcess.RunAsync(folder.Path, "bucket", "check", folder["bucket"]);
        Assert.That(check.ExitCode, Is.EqualTo(2));
        Assert.That(check.Error, Does.Contain("is a directory"));

        var drill = await SealtailProcess.RunAsync(folder.Path, "drill", folder["bucket"]);
        Assert.That(drill.ExitCode, Is.EqualTo(1), drill.Error);
        Assert.That(drill.Output, Does.StartWith("BROKEN: "));
    }

    private Task<ProcessResult> RunAsync(GcsBed bed, params string[] arguments) =>
        SealtailProcess.RunAsync(folder.Path, [("STORAGE_EMULATOR_HOST", bed.Server.Address.Authority)], arguments);
}
