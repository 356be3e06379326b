using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.Diagnosing;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Storage;
using Sealtail.Files;
using Sealtail.Tests.Buckets;
using static Sealtail.Tests.Buckets.GcsBed;

namespace Sealtail.Tests.Diagnosing;

/// <summary>The destination, asked for real.</summary>
internal sealed class BucketChecksTests
{
    private static readonly BucketOptions Required = new() { Location = "gs://audit", MinimumRetention = TimeSpan.FromDays(365) };
    private static readonly BucketSettings Locked = new() { Retention = TimeSpan.FromDays(365), Locked = true };

    [Test]
    public async Task An_identity_that_may_only_create_is_good_and_the_lock_is_not_to_be_seen()
    {
        Assert.That(await LookAsync(Locked, Permissions.ObjectCreator), Is.EqualTo(new[]
        {
            (CheckId.Bucket, Severity.Good), (CheckId.BucketPermissions, Severity.Good), (CheckId.BucketRetention, Severity.Unknown),
        }));
    }

    [Test]
    public async Task An_identity_that_may_look_too_sees_the_lock()
    {
        Assert.That(await LookAsync(Locked, [Permissions.ObjectsCreate, Permissions.BucketsGet]), Is.EqualTo(new[]
        {
            (CheckId.Bucket, Severity.Good), (CheckId.BucketPermissions, Severity.Good), (CheckId.BucketRetention, Severity.Good),
        }));
    }

    [Test]
    public async Task An_identity_that_may_more_is_named_and_so_is_a_retention_that_is_not_locked()
    {
        Assert.That(await LookAsync(Locked with { Locked = false }, Permissions.All), Is.EqualTo(new[]
        {
            (CheckId.Bucket, Severity.Good), (CheckId.BucketPermissions, Severity.Warning), (CheckId.BucketRetention, Severity.Problem),
        }));
    }

    [Test]
    public async Task Versioning_is_named()
    {
        Assert.That(await LookAsync(Locked with { Versioning = true }, [Permissions.ObjectsCreate, Permissions.BucketsGet]), Does.Contain((CheckId.BucketRetention, Severity.Warning)));
    }

    [Test]
    public async Task A_grant_that_does_not_show_is_unknown()
    {
        Assert.That(await LookAsync(Locked, [Permissions.BucketsGet]), Does.Contain((CheckId.BucketPermissions, Severity.Unknown)));
    }

    [Test]
    public async Task A_bucket_that_is_not_there_is_a_problem()
    {
        await using var bed = await StartAsync();
        using var missing = GcsBucket.Open(new BucketOptions { Location = "gs://missing" }, GcsScope.Write, bed.Environment, TimeProvider.System);

        Assert.That(Of(await BucketChecks.OfAsync(missing, Required, None)), Is.EqualTo(new[] { (CheckId.Bucket, Severity.Problem) }));
    }

    [Test]
    public async Task A_bucket_that_never_answers_is_a_problem_after_half_a_minute()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(); // the kernel takes the connection, and nobody says a word
        using var node = new FakeNode();
        var options = At($"http://{silent.LocalEndpoint}");
        using var bucket = Open(options, TimeProvider.System);

        var found = await new Doctor(node.Node with { Time = new HastyTime(100) }).LookAtBucketAsync(bucket, options, None);

        Assert.That(Of(found), Is.EqualTo(new[] { (CheckId.Bucket, Severity.Problem), (CheckId.BucketPermissions, Severity.Unknown), (CheckId.BucketRetention, Severity.Unknown) }));
        Assert.That(found[0].Message, Does.EndWith("did not answer within 30 s."));
    }

    [Test]
    public async Task A_host_that_takes_no_connection_is_a_problem_that_says_so()
    {
        var options = At("http://127.0.0.1:1");
        using var bucket = Open(options, new HastyTime(100));

        var found = await BucketChecks.OfAsync(bucket, options, None);

        Assert.That(Of(found), Is.EqualTo(new[] { (CheckId.Bucket, Severity.Problem) }));
        Assert.That((found[0].Message, found[0].Remedy), Is.EqualTo(("http://127.0.0.1:1 gave no reply: Connection refused", "Check the network, proxy (HTTPS_PROXY, NO_PROXY), output.endpoint and output.credentials.")));
    }

    [Test]
    public async Task A_credential_that_is_not_there_is_a_problem_that_names_it()
    {
        using var folder = new TempFolder();
        await using var bed = await StartAsync();
        var options = Required with { Credentials = new CredentialOptions { Type = CredentialType.ServiceAccount, File = folder["missing.json"] } };

        var found = await BucketChecks.OfAsync(bed.Open(options), options, None);

        Assert.That(Of(found), Is.EqualTo(new[] { (CheckId.Bucket, Severity.Problem) }));
        Assert.That(found[0].Message, Does.StartWith($"No token from {folder["missing.json"]}"));
    }

    [Test]
    public async Task A_directory_enforces_nothing_and_says_so()
    {
        using var folder = new TempFolder();
        var options = new BucketOptions { Location = folder.Path };
        using var bucket = BucketFactory.Open(options, new DurableFiles(), TimeProvider.System);

        Assert.That(Of(await BucketChecks.OfAsync(bucket, options, None)), Is.EqualTo(new[]
        {
            (CheckId.Bucket, Severity.Good), (CheckId.BucketPermissions, Severity.Warning), (CheckId.BucketRetention, Severity.Warning),
        }));
    }

    [Test]
    public async Task A_directory_that_is_not_there_does_not_answer_and_is_not_made()
    {
        using var folder = new TempFolder();
        var options = new BucketOptions { Location = folder["bucket"] };
        using var bucket = BucketFactory.Open(options, new DurableFiles(), TimeProvider.System);

        Assert.That(Of(await BucketChecks.OfAsync(bucket, options, None)), Does.Contain((CheckId.Bucket, Severity.Warning)));
        Assert.That(folder["bucket"], Does.Not.Exist);
    }

    private static BucketOptions At(string endpoint) =>
        Required with { Endpoint = new Uri(endpoint), Credentials = new CredentialOptions { Type = CredentialType.None } };

    private static GcsBucket Open(BucketOptions options, TimeProvider time) => GcsBucket.Open(options, GcsScope.Write, new GcsEnvironment { Proxy = new WebProxy() }, time);

    private static async Task<(string Check, Severity Severity)[]> LookAsync(BucketSettings settings, FrozenSet<string> permissions)
    {
        using var folder = new TempFolder();
        await using var bed = await StartAsync(settings, new() { AnonymousPermissions = Permissions.None });
        var bucket = bed.OpenAs(bed.Server.Principals.Add("node@example.com", permissions), folder["key.json"]);
        return Of(await BucketChecks.OfAsync(bucket, Required, None));
    }

    private static (string Check, Severity Severity)[] Of(IReadOnlyList<Diagnosis> found) => [.. found.Select(diagnosis => (diagnosis.Check, diagnosis.Severity))];
}
