using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;
using Sealtail.Format;

namespace Sealtail.Tests.EndToEnd;

/// <summary>What an administrator, an identity server, a disk or a network can do to a running agent: it waits, says why, and loses nothing.</summary>
internal sealed class GcsTroubleTests
{
    [Test]
    public async Task A_bucket_that_is_missing_is_waited_for()
    {
        await using var world = await GcsWorld.StartWithoutBucketAsync(new FakeGcsOptions());
        world.Write(100);
        var agent = world.Follow();
        await world.UntilAsync(() => agent.Trouble is { NeedsAdministrator: true }, "the missing bucket is told");
        var reason = agent.Trouble!.Reason; // seen above
        world.Log.Rotate();
        world.Write(100);

        world.Server.Buckets.Create(GcsWorld.Bucket, new BucketSettings { Retention = TimeSpan.FromDays(400), Locked = true });
        await world.UntilShippedAsync();
        await agent.StopAsync();

        Assert.That(reason, Does.Contain("gs://audit").And.Contain("404"));
        await world.AssertProvenAsync();
        world.AssertContent();
    }

    [Test]
    public async Task A_backlog_is_uploaded_once()
    {
        await using var world = await GcsWorld.StartAsync();
        world.Server.Faults.Add(new() { Kind = FaultKind.Reset });
        world.Write(4000); // nine chunks
        var agent = world.Follow();
        await world.UntilAsync(() => agent.Input.Spool.Count >= 9, "a backlog waits");
        world.Server.Faults.Clear();
        await world.UntilShippedAsync();
        await agent.StopAsync();

        var inserts = world.Server.Journal.Requests.Where(request => request is { Call: GcsCall.ObjectInsert, Status: not null }).ToArray();
        Assert.That(inserts.Select(insert => insert.Status), Is.All.EqualTo(200), "what is under way is not begun again");
        Assert.That(inserts, Has.Length.EqualTo(world.Stored.Objects.Count));
        await world.AssertProvenAsync();
        world.AssertContent();
    }

    [Test]
    public async Task A_permission_that_is_removed_is_waited_for()
    {
        await using var world = await GcsWorld.StartAsync();
        world.Write(100);
        var agent = world.Follow();
        await world.UntilShippedAsync();

        world.Shipper.Permissions = Permissions.None;
        world.Write(100);
        await world.UntilAsync(() => agent.Trouble is { NeedsAdministrator: true }, "the refusal is told");
        var reason = agent.Trouble!.Reason; // seen above
        world.Shipper.Permissions = Permissions.ObjectCreator;
        await world.UntilShippedAsync();
        await agent.StopAsync();

        Assert.That(reason, Does.Contain("storage.objects.create"));
        Assert.That(world.Kinds.Count(kind => kind == "epoch-start"), Is.EqualTo(1));
        await world.AssertProvenAsync();
        world.AssertContent();
    }

    [Test]
    public async Task Tokens_that_end_or_are_revoked_in_the_middle_of_a_run_cost_nothing()
    {
        await using var world = await GcsWorld.StartAsync();
        world.UseTokenServer();
        world.Shipper.TokenLifetime = TimeSpan.FromSeconds(40);
        var agent = world.Follow();
        for (var round = 0; round < 4; round++)
        {
            world.Write(50);
            await world.UntilShippedAsync();
            if (round == 1) world.Server.Principals.RevokeAll(world.Shipper);
            var asked = Tokens(world);
            await world.UntilAsync(() => agent.Credential!.Expires < world.Time.GetUtcNow() + TimeSpan.FromSeconds(12) || Tokens(world) > asked, "the token ends");
        }

        await agent.StopAsync();

        Assert.That(Tokens(world), Is.GreaterThan(2));
        Assert.That(world.Server.Journal.Requests.Count(request => request.Call == GcsCall.ObjectInsert && request.Status == 401), Is.LessThanOrEqualTo(3), "only what was revoked");
        Assert.That(agent.Trouble, Is.Null);
        await world.AssertProvenAsync();
        world.AssertContent();

        static int Tokens(GcsWorld world) => world.Server.Journal.Requests.Count(request => request is { Call: GcsCall.Token, Status: 200 });
    }

    [Test]
    public async Task An_identity_that_is_refused_for_a_while_shows_and_recovers_by_itself()
    {
        await using var world = await GcsWorld.StartAsync();
        world.UseTokenServer();
        world.Write(50);
        var agent = world.Follow();
        await world.UntilShippedAsync();

        world.Server.Faults.Add(new() { Call = GcsCall.Token, Kind = FaultKind.Status, Status = 400, Reason = "invalid_grant" });
        world.Server.Principals.RevokeAll(world.Shipper);
        world.Write(50);
        await world.UntilAsync(() => agent.Trouble is not null && agent.Credential!.Problem is not null, "the dead credential is told");
        world.Server.Faults.Clear();
        await world.UntilShippedAsync();
        await agent.StopAsync();

        Assert.That(agent.Credential!.Problem, Is.Null);
        await world.AssertProvenAsync();
        world.AssertContent();
    }

    [Test]
    public async Task A_spooled_file_that_rotted_is_read_again_from_the_log()
    {
        await using var world = await GcsWorld.StartWithoutBucketAsync(new FakeGcsOptions());
        world.Write(100);
        var agent = world.Follow();

        await RotAsync(world, agent);
        world.Server.Buckets.Create(GcsWorld.Bucket, new BucketSettings { Retention = TimeSpan.FromDays(400), Locked = true });
        await world.UntilShippedAsync();
        await agent.StopAsync();

        Assert.That(agent.Log, Has.Some.Contains("has been read again from the log"));
        Assert.That(world.Payloads().Sum(payload => payload.GetProperty("gaps").GetArrayLength()), Is.Zero);
        await world.AssertProvenAsync();
        world.AssertContent();
    }

    [Test]
    public async Task A_spooled_file_that_rotted_after_its_log_was_deleted_is_a_signed_gap()
    {
        await using var world = await GcsWorld.StartWithoutBucketAsync(new FakeGcsOptions());
        world.Write(100);
        var agent = world.Follow();
        await RotAsync(world, agent);
        for (var i = 0; i < 3; i++)
        {
            world.Log.Rotate();
            world.Write(10);
            var rotations = i + 1;
            await world.UntilAsync(() => agent.Input.TailCounts.Rotations >= rotations, "the backup is read to its end");
        }

        foreach (var backup in world.Log.Backups) File.Delete(backup);
        world.Server.Buckets.Create(GcsWorld.Bucket, new BucketSettings { Retention = TimeSpan.FromDays(400), Locked = true });
        await world.UntilAsync(() => world.Kinds.Contains("gap"), "the loss is declared");
        await agent.StopAsync();

        var report = await world.VerifyAsync();
        var gaps = world.Payloads().SelectMany(payload => payload.GetProperty("gaps").EnumerateArray()).ToArray();
        Assert.That(gaps.Select(gap => gap.GetProperty("cause").GetString()), Is.EqualTo(new[] { "spool-damaged" }));
        Assert.That(report.ExitCode(strict: false), Is.EqualTo(3));
        Assert.That(report.Findings.Where(finding => finding.Severity > Sealtail.Verifying.Severity.Info).Select(finding => finding.Kind.Id).Distinct(), Is.SupersetOf(new[] { "GAP" }).And.SubsetOf(new[] { "GAP", "NOT_COVERED" }));
        var proven = report.Streams.Single().Bytes;
        var lost = gaps.Sum(gap => gap.GetProperty("to").GetInt64() - gap.GetProperty("from").GetInt64());
        Assert.That(proven + lost, Is.EqualTo(world.BytesWritten), "bytes proven and bytes declared lost are the bytes written");
    }

    [Test]
    public async Task Bytes_that_only_the_store_takes_for_damaged_are_tried_again()
    {
        await using var world = await GcsWorld.StartAsync();
        foreach (var name in GcsLostReplyTests.Objects.Values.Append("v1/manifests/*"))
            world.Server.Faults.Add(new()
            {
                Call = GcsCall.ObjectInsert,
                Name = name,
                Kind = FaultKind.Status,
                Status = 400,
                Reason = "invalid",
                Count = 1,
                Message = "Provided CRC32C \"AAAAAA==\" doesn't match calculated CRC32C \"2HvlZg==\".",
            });
        world.Write(100);

        await world.DrainAsync();

        Assert.That(world.Kinds, Is.EqualTo(new[] { "epoch-start", "chunk", "stop" }));
        Assert.That(world.Server.Faults.Faults.Sum(fault => fault.Struck), Is.GreaterThanOrEqualTo(4));
        await world.AssertProvenAsync();
        world.AssertContent();
    }

    [Test]
    public async Task A_first_start_without_a_network_loses_nothing_while_the_log_rotates([Values] bool compress)
    {
        await using var world = await GcsWorld.StartAsync();
        world.Server.Faults.Add(new() { Kind = FaultKind.Reset });
        world.Log.MaxBackups = 2;
        var agent = world.Follow();
        for (var rotation = 0; rotation < 8; rotation++)
        {
            world.Write(200);
            world.Log.Rotate();
            world.Log.Mill(compress);
            // Two backups are kept: what is deleted was seen, but lies only in the spool.
            var rotations = rotation + 1;
            await world.UntilAsync(() => agent.Input.TailCounts.Rotations >= rotations, "the backup is read to its end");
        }

        Assert.That(world.Stored.Objects, Is.Empty);
        world.Server.Faults.Clear();
        await world.UntilShippedAsync();
        await agent.StopAsync();

        Assert.That(world.Kinds.Count(kind => kind == "epoch-start"), Is.EqualTo(1));
        await world.AssertProvenAsync();
        world.AssertContent();
    }

    // While there is no bucket to take it, the first chunk in the spool gets another byte.
    private static async Task RotAsync(GcsWorld world, GcsAgent agent)
    {
        await world.UntilAsync(() => agent.Input.Spool.Count > 0 && agent.Trouble is not null, "a chunk waits in the spool");
        var chunk = Directory.EnumerateFiles(world["state"], "*.chunk", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        using var file = File.Open(chunk, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        file.Position = file.Length / 2;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 0x10));
    }
}
