using System.Text.Json.Nodes;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Storage;
using Sealtail.Posture;
using Sealtail.Tests.Buckets;

namespace Sealtail.Tests.Posture;

/// <summary>What is wrong with a bucket is told, one thing at a time; what cannot be seen is never called fine.</summary>
internal sealed class BucketCheckTests
{
    private const string Agent = "serviceAccount:agent@test.iam.gserviceaccount.com";
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private static readonly BucketSettings Locked = new() { Retention = Year, Locked = true };

    [Test]
    public async Task A_bucket_as_it_should_be_is_ok()
    {
        await using var bed = await GoodAsync(Locked);

        var report = await CheckAsync(bed);

        Assert.That(report.ExitCode(strict: true), Is.Zero, Told(report));
        Assert.That(State(report, "retention-lock"), Is.EqualTo(PostureState.Ok));
        Assert.That(State(report, "bucket-agent"), Is.EqualTo(PostureState.Ok));
        Assert.That(State(report, "audit-logs"), Is.EqualTo(PostureState.Ok));
    }

    private static IEnumerable<TestCaseData> Faults()
    {
        yield return Case("no policy", "retention-policy", PostureState.Bad, new BucketSettings());
        yield return Case("not locked", "retention-lock", PostureState.Bad, Locked with { Locked = false });
        yield return Case("too short", "retention-period", PostureState.Bad, Locked with { Retention = TimeSpan.FromDays(30) });
        yield return Case("an hour", "retention-short", PostureState.Warning, Locked with { Retention = TimeSpan.FromHours(1) });
        yield return Case("versioning", "versioning", PostureState.Warning, Locked with { Versioning = true });
        yield return Case("object retention", "object-retention", PostureState.Info, Locked with { ObjectRetention = true });
        yield return Case("hold", "default-hold", PostureState.Info, Locked with { DefaultEventBasedHold = true });
        yield return Case("access lists", "uniform-access", PostureState.Bad, Locked, """{"iamConfiguration":{"uniformBucketLevelAccess":{"enabled":false}}}""");
        yield return Case("public access", "public-access", PostureState.Warning, Locked, """{"iamConfiguration":{"uniformBucketLevelAccess":{"enabled":true},"publicAccessPrevention":"inherited"}}""");
        yield return Case("lifecycle", "lifecycle", PostureState.Warning, Locked, """{"lifecycle":{"rule":[{"action":{"type":"Delete"},"condition":{"age":400}}]}}""");
        yield return Case("own key", "encryption-key", PostureState.Warning, Locked, """{"encryption":{"defaultKmsKeyName":"projects/p/locations/eu/keyRings/r/cryptoKeys/k"}}""");

        static TestCaseData Case(string name, string id, PostureState state, BucketSettings settings, string? json = null) => new TestCaseData(id, state, settings, json).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Faults))]
    public async Task A_setting_that_weakens_the_bucket_is_told(string id, PostureState state, BucketSettings settings, string? json)
    {
        await using var bed = await GoodAsync(settings, json);

        var report = await CheckAsync(bed);

        Assert.That(State(report, id), Is.EqualTo(state), Told(report));
        if (state == PostureState.Bad) Assert.That(report.ExitCode(strict: false), Is.EqualTo(1));
    }

    [TestCase("roles/storage.objectAdmin", Agent, "bucket-agent")]
    [TestCase("roles/storage.legacyBucketOwner", Agent, "bucket-agent")]
    [TestCase("roles/storage.objectViewer", "allUsers", "bucket-public")]
    [TestCase("roles/storage.objectViewer", "allAuthenticatedUsers", "bucket-public")]
    public async Task A_binding_that_lets_too_many_in_is_told(string role, string member, string id)
    {
        await using var bed = await GoodAsync(Locked);
        bed.Stored.IamPolicy["bindings"]!.AsArray().Add(Binding(role, member));

        var report = await CheckAsync(bed);

        Assert.That(State(report, id), Is.EqualTo(PostureState.Bad), Told(report));
        Assert.That(report.ExitCode(strict: false), Is.EqualTo(1));
    }

    [Test]
    public async Task Administrators_and_unknown_roles_are_named()
    {
        await using var bed = await GoodAsync(Locked);
        bed.Stored.IamPolicy["bindings"]!.AsArray().Add(Binding("roles/storage.admin", "group:ops@acme.test"));
        bed.Stored.IamPolicy["bindings"]!.AsArray().Add(Binding("projects/acme/roles/custom", "user:eve@acme.test"));

        var report = await CheckAsync(bed);

        Assert.That(report.Checks.Single(check => check.Id == "bucket-can-administer").Message, Does.Contain("group:ops@acme.test"));
        Assert.That(report.Checks.Single(check => check.Id == "bucket-role-unknown").Message, Does.Contain("user:eve@acme.test"));
        Assert.That(report.ExitCode(strict: true), Is.EqualTo(4));
    }

    [TestCase("roles/resourcemanager.projectIamAdmin", "project-can-administer")]
    [TestCase("roles/iam.securityAdmin", "project-can-administer")]
    [TestCase("projects/acme/roles/custom", "project-role-unknown")]
    [TestCase("organizations/1/roles/custom", "project-role-unknown")]
    public async Task Who_can_give_himself_every_right_in_the_project_is_named(string role, string id)
    {
        await using var bed = await GoodAsync(Locked);
        bed.Server.Buckets.ProjectPolicy["bindings"]!.AsArray().Add(Binding(role, "user:eve@acme.test"));

        var report = await CheckAsync(bed);

        Assert.That(report.Checks.Single(check => check.Id == id), Has.Property("State").EqualTo(PostureState.Warning).And.Property("Message").Contains("user:eve@acme.test"), Told(report));
    }

    [Test]
    public async Task The_policies_are_recorded_as_the_store_states_them()
    {
        await using var bed = await GoodAsync(Locked);
        using var admin = GcsAdmin.Open(new BucketOptions { Location = "gs://audit" }, bed.Environment, bed.Time);

        var record = JsonNode.Parse(await PolicyRecord.ReadAsync(admin, CancellationToken.None))!;

        Assert.That(record["settings"]!["retentionPolicy"]!["isLocked"]!.GetValue<bool>(), Is.True);
        Assert.That(record["iam"]!["bindings"]!.ToJsonString(), Does.Contain(Agent));
    }

    [Test]
    public async Task A_policy_that_may_not_be_read_is_recorded_as_absent_with_the_reason()
    {
        await using var bed = await GcsBed.StartGuardedAsync();
        using var admin = GcsAdmin.Open(new BucketOptions { Location = "gs://audit" }, bed.Environment, bed.Time);

        var record = JsonNode.Parse(await PolicyRecord.ReadAsync(admin, CancellationToken.None))!;

        Assert.That((record["settings"], record["iam"]), Is.EqualTo(((JsonNode?)null, (JsonNode?)null)));
        Assert.That(record["settingsAbsent"]!.GetValue<string>(), Does.Contain("storage.buckets.get"));
        Assert.That(record["iamAbsent"]!.GetValue<string>(), Does.Contain("storage.buckets.getIamPolicy"));
    }

    [Test]
    public async Task Without_data_access_logs_administrators_are_not_audited()
    {
        await using var bed = await GoodAsync(Locked);
        bed.Server.Buckets.ProjectPolicy.Remove("auditConfigs");

        Assert.That(State(await CheckAsync(bed), "audit-logs"), Is.EqualTo(PostureState.Bad));
    }

    [Test]
    public async Task What_may_not_be_seen_is_unknown_and_never_fine()
    {
        await using var bed = await GcsBed.StartAsync(Locked, new FakeGcsOptions { AnonymousPermissions = new HashSet<string> { Permissions.BucketsGet } });

        var report = await CheckAsync(bed);

        Assert.That(State(report, "bucket-iam"), Is.EqualTo(PostureState.Unknown));
        Assert.That(State(report, "project-iam"), Is.EqualTo(PostureState.Unknown));
        Assert.That(report.ExitCode(strict: false), Is.EqualTo(3));
    }

    private static async Task<GcsBed> GoodAsync(BucketSettings settings, string? json = null)
    {
        var bed = await GcsBed.StartAsync(settings);
        var other = new JsonObject { ["iamConfiguration"] = new JsonObject { ["uniformBucketLevelAccess"] = new JsonObject { ["enabled"] = true }, ["publicAccessPrevention"] = "enforced" } };
        foreach (var (name, value) in json is null ? [] : JsonNode.Parse(json)!.AsObject()) other[name] = value!.DeepClone();
        bed.Stored.Change(new Preconditions(null, null, null, null), (state, now) => BucketRulesOf(state, other, now));
        bed.Stored.IamPolicy["bindings"] = new JsonArray(Binding("roles/storage.objectCreator", Agent), Binding("roles/storage.objectViewer", "group:audit@acme.test"));
        bed.Server.Buckets.ProjectPolicy = JsonNode.Parse("""{"bindings":[],"auditConfigs":[{"service":"storage.googleapis.com","auditLogConfigs":[{"logType":"DATA_READ"},{"logType":"DATA_WRITE"}]}]}""")!.AsObject();
        return bed;
    }

    private static BucketState BucketRulesOf(BucketState state, JsonObject other, DateTimeOffset now) => Sealtail.FakeGcs.Storage.BucketRules.Patch("audit", state, other, now);

    private static JsonObject Binding(string role, string member) => new() { ["role"] = role, ["members"] = new JsonArray(member) };

    private static async Task<PostureReport> CheckAsync(GcsBed bed)
    {
        using var admin = GcsAdmin.Open(new BucketOptions { Location = "gs://audit" }, bed.Environment, bed.Time);
        return await new BucketCheck(admin, bed.Time).RunAsync(Year, Agent, CancellationToken.None);
    }

    private static PostureState State(PostureReport report, string id) => report.Checks.First(check => check.Id == id).State;

    private static string Told(PostureReport report) => string.Join('\n', report.Checks);
}
