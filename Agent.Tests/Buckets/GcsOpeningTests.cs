using System.Net;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs.Identity;
using Sealtail.Files;
using static Sealtail.Tests.Buckets.GcsBed;

namespace Sealtail.Tests.Buckets;

/// <summary>Where a location leads, and by which way.</summary>
internal sealed class GcsOpeningTests
{
    [TestCase("gs://audit", "audit", "")]
    [TestCase("gs://audit/", "audit", "")]
    [TestCase("gs://audit/k8s/prod", "audit", "k8s/prod/")]
    [TestCase("gs://audit/k8s/", "audit", "k8s/")]
    public void A_location_is_a_bucket_and_a_prefix(string text, string bucket, string prefix)
    {
        Assert.That(GcsLocation.Parse(text), Is.EqualTo(new GcsLocation(bucket, prefix)));
        Assert.That(GcsLocation.Parse(text).ToString(), Is.EqualTo(text.TrimEnd('/')));
    }

    [TestCase("gs://")]
    [TestCase("gs://a")]
    [TestCase("gs://Audit")]
    [TestCase("gs://-audit")]
    [TestCase("gs://audit//x")]
    [TestCase("gs://audit/../x")]
    [TestCase("gs://audit/x\n")]
    [TestCase("s3://audit")]
    public void What_is_no_location_is_said_to_be_none(string text) => Assert.Throws<FormatException>(() => GcsLocation.Parse(text));

    [TestCase("localhost:4443", "http://localhost:4443/")]
    [TestCase("http://localhost:4443", "http://localhost:4443/")]
    [TestCase("http://localhost:4443/storage/v1/", "http://localhost:4443/")]
    [TestCase("https://gcs.example", "https://gcs.example/")]
    [TestCase("", null)]
    [TestCase(null, null)]
    public void The_emulators_address_is_understood_in_all_its_forms(string? text, string? address) =>
        Assert.That(GcsEnvironment.ParseEmulator(text)?.ToString(), Is.EqualTo(address));

    [TestCase("ftp://x")]
    [TestCase("http://")]
    public void An_address_that_is_none_is_refused(string text) => Assert.Throws<FormatException>(() => GcsEnvironment.ParseEmulator(text));

    [Test]
    public void The_factory_knows_the_schemes()
    {
        using var gcs = BucketFactory.Open(new BucketOptions { Location = "gs://audit/k8s" }, new DurableFiles(), TimeProvider.System);
        using var reader = BucketFactory.Open("gs://audit/k8s", new DurableFiles());
        using var directory = BucketFactory.Open(new BucketOptions { Location = "file:///tmp/x" }, new DurableFiles(), TimeProvider.System);

        Assert.That((gcs.Location, gcs.HasStoreClock), Is.EqualTo(("gs://audit/k8s", true)));
        Assert.That(reader.Location, Is.EqualTo("gs://audit/k8s"));
        Assert.That((directory.Location, directory.HasStoreClock, directory.Credential), Is.EqualTo(("file:///tmp/x", false, (CredentialStatus?)null)));
        Assert.Throws<FormatException>(() => BucketFactory.Open("s3://audit", new DurableFiles()));
    }

    [Test]
    public async Task The_configured_endpoint_comes_before_the_environments()
    {
        await using var bed = await StartAsync();
        var elsewhere = bed.Environment with { Emulator = new Uri("http://127.0.0.1:1") };

        var bucket = bed.Open(new BucketOptions { Location = "gs://audit", Endpoint = bed.Server.Address, Credentials = new CredentialOptions { Type = CredentialType.None } }, elsewhere);

        Assert.That((await bucket.CreateAsync(UploadOf("x", "x"), None)).Created, Is.True);
    }

    [Test]
    public async Task The_emulator_of_the_environment_gets_no_token_unless_a_kind_is_named()
    {
        using var folder = new TempFolder();
        await using var bed = await StartAsync();
        File.WriteAllText(folder["key.json"], bed.KeyOf(bed.Server.Principals.Add("shipper@example.com", Permissions.All)));
        var environment = bed.Environment with { ApplicationCredentials = folder["key.json"] };

        var found = bed.Open(new BucketOptions { Location = "gs://audit" }, environment);
        var named = bed.Open(new BucketOptions { Location = "gs://audit", Credentials = new CredentialOptions { Type = CredentialType.ServiceAccount, File = folder["key.json"] } }, environment);
        await found.CreateAsync(UploadOf("x", "x"), None);
        await named.CreateAsync(UploadOf("y", "y"), None);

        Assert.That(bed.Server.Journal.Requests.Select(request => request.Principal), Is.EqualTo(new[] { null, "shipper@example.com" }));
        Assert.That(found.Credential, Is.Null);
    }

    [Test]
    public async Task A_proxy_is_gone_through_by_uploads_and_by_requests_for_tokens()
    {
        using var folder = new TempFolder();
        await using var bed = await StartGuardedAsync();
        await using var proxy = new LoopbackProxy();
        File.WriteAllText(folder["key.json"], bed.Server.CredentialFiles.ServiceAccountKey(bed.Server.Principals.Add("shipper@example.com", Permissions.ObjectCreator)));
        var options = new BucketOptions { Location = "gs://audit", Credentials = new CredentialOptions { Type = CredentialType.ServiceAccount, File = folder["key.json"] } };

        var bucket = bed.Open(options, bed.Environment with { Proxy = new WebProxy(proxy.Address) });

        Assert.That((await bucket.CreateAsync(UploadOf("x", new byte[300_000]), None)).Created, Is.True);
        Assert.That(proxy.Targets, Has.Count.EqualTo(2));
        Assert.That(proxy.Targets[0], Is.EqualTo(new Uri(bed.Server.Address, "token").ToString()));
        Assert.That(proxy.Targets[1], Does.StartWith(new Uri(bed.Server.Address, "upload/storage/v1/b/audit/o").ToString()));
    }
}
