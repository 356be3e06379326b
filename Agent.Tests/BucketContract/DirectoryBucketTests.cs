using System.Diagnostics;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Files;

namespace Sealtail.Tests.BucketContract;

internal sealed class DirectoryBucketTests : BucketContractTests, IDisposable
{
    private readonly TempFolder folder = new();
    private readonly DirectoryBucket bucket;

    public DirectoryBucketTests()
    {
        Directory.CreateDirectory(folder["bucket"]);
        bucket = new DirectoryBucket(folder["bucket"], new DurableFiles());
    }

    protected override IBucket Bucket => bucket;

    public void Dispose()
    {
        bucket.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task Objects_are_read_only_and_no_temporary_file_stays()
    {
        await bucket.CreateAsync(UploadOf("v1/one", "hello"), CancellationToken.None);

        Assert.That(File.GetUnixFileMode(folder["bucket/v1/one"]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.GroupRead));
        Assert.That(Directory.EnumerateFiles(folder["bucket"], "*", SearchOption.AllDirectories).Count(), Is.EqualTo(1));
    }

    [TestCase("../outside")]
    [TestCase("v1/../../outside")]
    [TestCase("/etc/passwd")]
    [TestCase("v1//x")]
    [TestCase("v1/./x")]
    public async Task A_name_that_leads_out_of_the_bucket_is_refused(string name)
    {
        var fault = await Assert.ThrowsAsync<BucketException>(() => bucket.CreateAsync(UploadOf(name, "x"), CancellationToken.None));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Refused));
    }

    [Test]
    public async Task A_link_or_a_pipe_in_the_bucket_is_not_read()
    {
        File.CreateSymbolicLink(folder["bucket/link"], "/etc/hostname");
        Process.Start("mkfifo", folder["bucket/pipe"]).WaitForExit();

        foreach (var name in new[] { "link", "pipe" })
        {
            var fault = await Assert.ThrowsAsync<BucketException>(() => bucket.OpenReadAsync(new StoredObject(name, 1, null, null, null, null), 0, CancellationToken.None));
            Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Refused), name);
        }
    }

    [Test]
    public async Task A_bucket_that_is_not_there_is_named_so_by_listing()
    {
        using var missing = new DirectoryBucket(folder["missing"], new DurableFiles());

        var fault = await Assert.ThrowsAsync<BucketException>(async () =>
        {
            await foreach (var _ in missing.ListAsync("", CancellationToken.None)) Assert.Fail("nothing is there");
        });
        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.BucketMissing));
    }

    [Test]
    public async Task A_bucket_that_cannot_be_made_waits_for_an_administrator()
    {
        folder.Write("file", "in the way");
        using var blocked = new DirectoryBucket(folder["file/bucket"], new DurableFiles());

        var fault = await Assert.ThrowsAsync<BucketException>(() => blocked.CreateAsync(UploadOf("v1/one", "x"), CancellationToken.None));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Refused));
        Assert.That(fault.Message, Does.Contain(folder["file/bucket"]));
    }

    /// <summary>A crash at any step leaves no object, or the whole object; sending again then confirms it.</summary>
    [Test]
    public async Task A_crash_at_any_step_leaves_nothing_or_the_whole_object()
    {
        var steps = 0;
        await CreateWithAsync(folder["counted"], (_, _, _) => steps++);
        Assert.That(steps, Is.GreaterThan(8));

        for (var crashAt = 0; crashAt < steps; crashAt++)
        {
            var root = folder[$"crash-{crashAt}"];
            var step = 0;
            await Assert.ThrowsAsync<CrashException>(() => CreateWithAsync(root, (_, _, _) =>
            {
                if (step++ == crashAt) throw new CrashException();
            }));

            using var after = new DirectoryBucket(root, new DurableFiles());
            await after.CreateAsync(UploadOf("v1/one", "hello"), CancellationToken.None);
            Assert.That(File.ReadAllText(Path.Combine(root, "v1/one")), Is.EqualTo("hello"), $"crash at step {crashAt}");
        }
    }

    private static async Task CreateWithAsync(string root, StepHook hook)
    {
        Directory.CreateDirectory(root);
        using var crashing = new DirectoryBucket(root, new DurableFiles(hook));
        await crashing.CreateAsync(UploadOf("v1/one", "hello"), CancellationToken.None);
    }
}
