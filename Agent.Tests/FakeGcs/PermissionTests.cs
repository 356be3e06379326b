using NUnit.Framework;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class PermissionTests
{
    private const string Shipper = "shipper@fake-project.iam.gserviceaccount.com";

    [Test]
    public async Task A_create_only_identity_may_create_and_nothing_else()
    {
        await using var gcs = await StartAsync(Permissions.ObjectCreator);

        var created = await gcs.InsertAsync("x", "x", "&ifGenerationMatch=0");
        var read = await gcs.GetAsync("storage/v1/b/audit/o/x");
        var statuses = new[]
        {
            await gcs.GetAsync("audit/x"),
            await gcs.GetAsync("storage/v1/b/audit/o"),
            await gcs.GetAsync("storage/v1/b/audit"),
            await gcs.GetAsync("storage/v1/b?project=p"),
            await gcs.PostAsync("storage/v1/b?project=p", """{"name":"mine"}"""),
            await gcs.PatchAsync("storage/v1/b/audit", "{}"),
            await gcs.PatchAsync("storage/v1/b/audit/o/x", "{}"),
            await gcs.DeleteAsync("storage/v1/b/audit/o/x"),
            await gcs.DeleteAsync("storage/v1/b/audit"),
            await gcs.PostAsync("storage/v1/b/audit/lockRetentionPolicy?ifMetagenerationMatch=1", ""),
            await gcs.InsertAsync("y", "y", "", """{"retention":{"mode":"Locked","retainUntilTime":"2027-01-01T00:00:00Z"}}"""),
        };

        Assert.That(created.Status, Is.EqualTo(200));
        Assert.That((read.Status, read.Reason, read.Message), Is.EqualTo((403, "forbidden",
            $"{Shipper} does not have storage.objects.get access to the Google Cloud Storage object. Permission 'storage.objects.get' denied on resource (or it may not exist).")));
        Assert.That(statuses.Select(answer => answer.Status), Is.All.EqualTo(403));
    }

    [TestCase(ExistingNameAnswer.PreconditionFailed, 412, "conditionNotMet", "pre-conditions")]
    [TestCase(ExistingNameAnswer.DeleteDenied, 403, "forbidden", "storage.objects.delete")]
    public async Task What_a_create_only_identity_hears_of_an_existing_name_is_a_switch(ExistingNameAnswer answerWanted, int status, string reason, string words)
    {
        await using var gcs = await StartAsync(Permissions.ObjectCreator, new() { ExistingName = answerWanted });
        gcs.Bucket.Put("x", "x"u8);

        var answer = await gcs.InsertAsync("x", "y", "&ifGenerationMatch=0");

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((status, reason)));
        Assert.That(answer.Message, Does.Contain(words));
    }

    [Test]
    public async Task Overwriting_needs_the_permission_to_delete()
    {
        await using var gcs = await StartAsync(Permissions.ObjectCreator);
        gcs.Bucket.Put("x", "x"u8);

        var answer = await gcs.InsertAsync("x", "y");

        Assert.That((answer.Status, answer.Reason, answer.Message), Is.EqualTo((403, "forbidden",
            $"{Shipper} does not have storage.objects.delete access to the Google Cloud Storage object. Permission 'storage.objects.delete' denied on resource (or it may not exist).")));
    }

    [Test]
    public async Task Test_permissions_needs_none_and_tells_those_held()
    {
        await using var gcs = await StartAsync(Permissions.ObjectCreator);

        var answer = await gcs.GetAsync("storage/v1/b/audit/iam/testPermissions?permissions=storage.objects.create&permissions=storage.objects.delete");

        Assert.That(answer.Json["permissions"]!.ToJsonString(), Is.EqualTo("""["storage.objects.create"]"""));
    }

    [Test]
    public async Task Without_a_credential_401_comes_before_404()
    {
        await using var gcs = await StartAsync(Permissions.ObjectCreator);
        gcs.Token = null;

        var answer = await gcs.GetAsync("storage/v1/b/absent");
        var insert = await gcs.InsertAsync("x", "x");

        Assert.That((answer.Status, answer.Reason), Is.EqualTo((401, "required")));
        Assert.That(insert.Message, Is.EqualTo(
            "Anonymous caller does not have storage.objects.create access to the Google Cloud Storage object. Permission 'storage.objects.create' denied on resource (or it may not exist)."));
        Assert.That((string?)insert.Json["error"]!["errors"]![0]!["location"], Is.EqualTo("Authorization"));
    }

    [Test]
    public async Task Without_a_permission_404_comes_before_403()
    {
        await using var gcs = await StartAsync(Permissions.None);

        Assert.That((await gcs.GetAsync("storage/v1/b/absent")).Status, Is.EqualTo(404));
        Assert.That((await gcs.GetAsync("storage/v1/b/audit")).Status, Is.EqualTo(403));
    }

    [Test]
    public async Task A_token_that_is_unknown_expired_or_revoked_is_401()
    {
        await using var gcs = await StartAsync(Permissions.All);
        var shipper = gcs.Server.Principals.Find(Shipper)!;
        var valid = await gcs.GetAsync("storage/v1/b/audit");

        gcs.Time.Advance(TimeSpan.FromHours(1));
        var expired = await gcs.GetAsync("storage/v1/b/audit");
        gcs.Token = gcs.Server.Principals.IssueToken(shipper);
        gcs.Server.Principals.RevokeAll(shipper);
        var revoked = await gcs.GetAsync("storage/v1/b/audit");
        gcs.Token = "made-up";
        var unknown = await gcs.GetAsync("storage/v1/b/audit");

        Assert.That(new[] { valid.Status, expired.Status, revoked.Status, unknown.Status }, Is.EqualTo(new[] { 200, 401, 401, 401 }));
        Assert.That((unknown.Reason, unknown.Message), Is.EqualTo(("authError", "Invalid Credentials")));
        Assert.That(unknown.Header("WWW-Authenticate"), Does.Contain("invalid_token"));
    }

    [Test]
    public async Task Permissions_can_change_while_a_token_lives()
    {
        await using var gcs = await StartAsync(Permissions.None);
        var before = await gcs.InsertAsync("x", "x");

        gcs.Server.Principals.Find(Shipper)!.Permissions = Permissions.ObjectCreator;
        var after = await gcs.InsertAsync("x", "x");

        Assert.That((before.Status, after.Status), Is.EqualTo((403, 200)));
        Assert.That(gcs.Server.Journal.Requests.Select(request => request.Principal), Is.All.EqualTo(Shipper));
    }

    [Test]
    public async Task Tokens_stay_out_of_the_journal()
    {
        await using var gcs = await StartAsync(Permissions.All);

        await gcs.GetAsync("audit/x");

        Assert.That(gcs.Server.Journal.Requests[0].Headers["authorization"], Is.EqualTo("Bearer (not kept)"));
    }

    private static async Task<Gcs> StartAsync(IReadOnlySet<string> permissions, FakeGcsOptions? options = null)
    {
        var gcs = await Gcs.StartAsync(new BucketSettings { ObjectRetention = true }, (options ?? new()) with { AnonymousPermissions = Permissions.None });
        gcs.Token = gcs.Server.Principals.IssueToken(gcs.Server.Principals.Add(Shipper, permissions));
        return gcs;
    }
}
