using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;
using Sealtail.Files;
using Sealtail.Posture;
using Sealtail.Tests.Buckets;

namespace Sealtail.Tests.Posture;

/// <summary>A drill says what the store really did: over sockets, against a store that enforces retention and permissions.</summary>
internal sealed class DrillTests
{
    private static readonly BucketSettings Locked = new() { Retention = TimeSpan.FromDays(365), Locked = true };

    [Test]
    public async Task A_locked_bucket_refuses_every_attempt()
    {
        await using var bed = await GcsBed.StartAsync(Locked);

        var report = await DrillAsync(bed);

        Assert.That(report.ExitCode, Is.Zero, Told(report));
        Assert.That(report.Attempts, Has.Count.EqualTo(10));
        Assert.That(report.Attempts.Where(attempt => attempt.Action.Contains("policy")).Select(attempt => attempt.Status), Is.EqualTo(new int?[] { 403, 403 }));
        Assert.That((bed.Stored.State.Locked, bed.Stored.State.RetentionSeconds), Is.EqualTo((true, 365L * 86_400)));
        Assert.That(bed.Stored.Objects.Select(stored => stored.Name), Is.EqualTo(new[] { report.ObjectName }), "one marked object, and nothing else");
        Assert.That(report.ObjectName, Does.StartWith("v1/drill/"));
    }

    [Test]
    public async Task An_unlocked_policy_is_reported_and_never_touched()
    {
        await using var bed = await GcsBed.StartAsync(new BucketSettings { Retention = TimeSpan.FromDays(365) });

        var report = await DrillAsync(bed);

        Assert.That(report.ExitCode, Is.EqualTo(1));
        Assert.That(report.Attempts.Single(attempt => attempt.Outcome == DrillOutcome.Broken).Answer, Does.Contain("not locked"));
        Assert.That(bed.Server.Journal.Requests.Select(request => request.Call), Has.None.EqualTo(GcsCall.BucketPatch));
        Assert.That(bed.Stored.State.RetentionSeconds, Is.EqualTo(365L * 86_400));
    }

    [Test]
    public async Task An_attempt_on_the_policy_that_somebody_else_forestalled_is_no_refusal()
    {
        await using var bed = await GcsBed.StartAsync(Locked);
        bed.Server.Faults.Add(new() { Kind = FaultKind.Status, Call = GcsCall.BucketPatch, Status = 412, Reason = "conditionNotMet" });

        var report = await DrillAsync(bed);

        Assert.That(report.Attempts.Where(attempt => attempt.Action.Contains("policy")).Select(attempt => attempt.Outcome), Is.All.EqualTo(DrillOutcome.Unknown), Told(report));
        Assert.That(report.ExitCode, Is.EqualTo(3));
    }

    [Test]
    public async Task Without_a_policy_everything_goes_through_and_is_told()
    {
        await using var bed = await GcsBed.StartAsync(new BucketSettings());
        bed.Stored.Put("v1/manifests/other", "kept"u8);

        var report = await DrillAsync(bed);

        Assert.That(report.ExitCode, Is.EqualTo(1));
        Assert.That(Outcome(report, "overwrite it"), Is.EqualTo(DrillOutcome.Broken));
        Assert.That(bed.Stored.Find("v1/manifests/other"), Is.Not.Null, "nothing outside its own prefix is touched");
    }

    [Test]
    public async Task Versioning_lets_a_delete_hide_the_object_and_the_drill_says_so()
    {
        await using var bed = await GcsBed.StartAsync(Locked with { Versioning = true });

        var report = await DrillAsync(bed);

        Assert.That(report.ExitCode, Is.EqualTo(1), Told(report));
    }

    [Test]
    public async Task A_store_that_does_not_answer_leaves_the_drill_inconclusive()
    {
        await using var bed = await GcsBed.StartGuardedAsync();

        var report = await DrillAsync(bed);

        Assert.That(report.ExitCode, Is.EqualTo(3), Told(report));
    }

    [Test]
    public async Task An_agent_that_can_only_create_is_proven_so([Values] bool canLook)
    {
        await using var bed = await GcsBed.StartAsync(Locked);
        var agent = bed.Server.Principals.Add("agent@test.iam.gserviceaccount.com", canLook ? new HashSet<string> { Permissions.ObjectsCreate, Permissions.BucketsGet } : Permissions.ObjectCreator);

        var report = await DrillAsync(bed, agent);

        Assert.That(report.ExitCode, Is.Zero, Told(report));
        Assert.That(report.Attempts, Has.Count.GreaterThanOrEqualTo(10));
    }

    [TestCase(Permissions.ObjectsGet)]
    [TestCase(Permissions.ObjectsList)]
    [TestCase(Permissions.ObjectsDelete)]
    [TestCase(Permissions.ObjectsUpdate)]
    [TestCase(Permissions.BucketsUpdate)]
    [TestCase(Permissions.BucketsGetIamPolicy)]
    public async Task An_agent_that_can_do_more_is_found_out(string permission)
    {
        await using var bed = await GcsBed.StartAsync(Locked);
        var agent = bed.Server.Principals.Add("agent@test.iam.gserviceaccount.com", new HashSet<string> { Permissions.ObjectsCreate, permission });

        var report = await DrillAsync(bed, agent);

        Assert.That(report.ExitCode, Is.EqualTo(1), Told(report));
        Assert.That(bed.Stored.State.RetentionSeconds, Is.EqualTo(365L * 86_400));
    }

    [Test]
    public async Task A_directory_shows_what_the_file_system_enforces()
    {
        using var folder = new TempFolder();
        using var bucket = new DirectoryBucket(folder["bucket"], new DurableFiles());

        var report = await new DirectoryDrill(bucket, folder["bucket"], TimeProvider.System).RunAsync(asAgent: false, CancellationToken.None);

        Assert.That(report.ExitCode, Is.EqualTo(1), "its owner can delete");
        Assert.That(Outcome(report, "delete it"), Is.EqualTo(DrillOutcome.Broken));
        Assert.That(Outcome(report, "shorten or remove the retention"), Is.EqualTo(DrillOutcome.NotTried));
    }

    private static async Task<DrillReport> DrillAsync(GcsBed bed, FakePrincipal? agent = null)
    {
        using var folder = new TempFolder();
        var options = new BucketOptions { Location = "gs://audit" };
        if (agent is not null) options = options with { Credentials = new CredentialOptions { Type = CredentialType.ServiceAccount, File = folder.Write("key.json", bed.KeyOf(agent)) } };
        using var admin = GcsAdmin.Open(options, bed.Environment, bed.Time);
        var drill = new GcsDrill(admin, bed.Time);
        return agent is null ? await drill.RunAsync(CancellationToken.None) : await drill.RunAsAgentAsync(CancellationToken.None);
    }

    private static DrillOutcome Outcome(DrillReport report, string action) => report.Attempts.Single(attempt => attempt.Action == action).Outcome;

    private static string Told(DrillReport report) => string.Join('\n', report.Attempts);
}
