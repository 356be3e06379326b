using NUnit.Framework;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;
using Sealtail.Verifying;

namespace Sealtail.Tests.EndToEnd;

/// <summary>SIGKILL at random moments while the log is written and rotated, and the store and the identity server fail at random in every way they know.</summary>
internal sealed class GcsKillTests
{
    [TestCase(6)]
    [TestCase(50, Explicit = true, Category = "Campaign")]
    public async Task Nothing_is_lost_or_doubled(int kills)
    {
        var seed = TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var server = await FakeGcsServer.StartAsync(new FakeGcsOptions { AnonymousPermissions = Permissions.ObjectViewer, Seed = seed }, TimeProvider.System);
        var stored = server.Buckets.Create("audit", new BucketSettings { Retention = TimeSpan.FromDays(400), Locked = true });
        AddFaults(server.Faults);
        using var bed = new AgentBed("max_size: 64KiB, max_age: 1s");
        File.WriteAllText(bed["key.json"], server.CredentialFiles.ServiceAccountKey(server.Principals.Add("shipper@example.com", Permissions.ObjectCreator)));
        File.WriteAllText(bed.Configuration, File.ReadAllText(bed.Configuration).Replace(
            $"output: {{ bucket: \"file://{bed.Bucket}\" }}",
            $"output: {{ bucket: \"gs://audit\", endpoint: \"{server.Address}\", credentials: {{ type: service_account, file: \"{bed["key.json"]}\" }} }}",
            StringComparison.Ordinal));
        await using var writer = new RotatingWriter(bed.LogPath, rotateAt: 256 * 1024, compress: random.Next(2) == 0);

        for (var kill = 0; kill < kills; kill++)
        {
            var agent = bed.Start();
            await Task.Delay(random.Next(100, 2500));
            Assert.That(agent.HasExited, Is.False, "it must not end by itself");
            agent.Kill();
            await agent.WaitForExitAsync();
        }

        var written = await writer.StopAsync();
        bed.RunOnce();

        var report = await StoredChain.VerifyAsync(server, "audit", bed.PublicKey, TimeProvider.System);
        var struck = server.Faults.Faults.Sum(fault => fault.Struck);
        TestContext.Out.WriteLine($"{stored.Objects.Count} objects, {written.Length} bytes, {struck} requests struck by faults");
        Assert.That(report.Findings.Where(finding => finding.Severity > Severity.Warning).Select(finding => finding.Message), Is.Empty);
        Assert.That(report.ExitCode(strict: false), Is.Zero);
        Assert.That((report.Streams.Single().Bytes, report.Streams.Single().Gaps), Is.EqualTo(((long)written.Length, 0L)));
        Assert.That(StoredChain.Content(stored).AsSpan().SequenceEqual(written), Is.True, "the chunks in chain order are the bytes written");
        Assert.That(struck, Is.GreaterThan(kills));
    }

    private static void AddFaults(FaultScript faults)
    {
        foreach (var form in Enum.GetValues<FaultForm>())
        {
            faults.Add(new() { Call = GcsCall.ObjectInsert, Kind = FaultKind.Reset, Form = form, Probability = 0.05 });
            faults.Add(new() { Call = GcsCall.ObjectInsert, Kind = FaultKind.Truncate, Form = form, Probability = 0.03 });
            faults.Add(new() { Call = GcsCall.ObjectInsert, Kind = FaultKind.Status, Form = form, Status = 503, Body = FaultBody.Html, Probability = 0.03 });
            faults.Add(new() { Call = GcsCall.ObjectInsert, Kind = FaultKind.Stall, Form = form, Delay = TimeSpan.FromMilliseconds(700), Probability = 0.02 });
        }

        faults.Add(new() { Call = GcsCall.ObjectInsert, Kind = FaultKind.Reset, AfterBytes = 300, Probability = 0.03 });
        faults.Add(new() { Call = GcsCall.ObjectInsert, Kind = FaultKind.Status, Status = 429, RetryAfter = "1", Probability = 0.02 });
        faults.Add(new() { Call = GcsCall.ObjectInsert, Kind = FaultKind.Status, Status = 401, Probability = 0.02 });
        faults.Add(new() { Call = GcsCall.ObjectInsert, Kind = FaultKind.Corrupt, Fields = new Dictionary<string, string?> { ["crc32c"] = "AAAAAA==" }, Probability = 0.02 });
        faults.Add(new() { Call = GcsCall.Token, Kind = FaultKind.Reset, Probability = 0.1 });
        faults.Add(new() { Call = GcsCall.Token, Kind = FaultKind.Status, Status = 500, Probability = 0.1 });
    }
}
