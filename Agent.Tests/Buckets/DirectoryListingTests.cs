using System.Diagnostics;
using System.Text;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Files;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Buckets;

/// <summary>A directory is listed as an object store lists: by the bytes of whole names, whatever lies in it.</summary>
internal sealed class DirectoryListingTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly DirectoryBucket bucket;

    public DirectoryListingTests() => bucket = new DirectoryBucket(folder["bucket"], new DurableFiles());

    public void Dispose()
    {
        bucket.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task Names_come_in_the_order_of_their_bytes_with_size_and_time()
    {
        string[] names = ["a", "a!/x", "a-b/c", "a.b", "a/b", "a/b0/c", "a/b/c0".Replace("b/", "bb/"), "z\u00e9", "z\U0001F600", "z\uffee"];
        foreach (var name in names.Where(name => name is not "a")) folder.Write($"bucket/{name}", name);
        var expected = names.Where(name => name is not "a").Order(Comparer<string>.Create((left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)))).ToArray();
        var time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1_234_567);
        File.SetLastWriteTimeUtc(folder["bucket/a.b"], time);

        var listed = await ListAsync("");

        Assert.That(listed.Select(stored => stored.Name), Is.EqualTo(expected));
        Assert.That(listed.Select(stored => stored.Bytes), Is.EqualTo(expected.Select(name => Encoding.UTF8.GetByteCount(name))));
        Assert.That(listed.Single(stored => stored.Name == "a.b").TimeCreated, Is.EqualTo(new DateTimeOffset(time)));
    }

    [Test]
    public void A_folder_of_more_than_fits_in_memory_is_read_piece_by_piece([Values(1, 2, 3, 7, 50)] int window)
    {
        var seed = TestContext.CurrentContext.Random.Next();
        var random = new Random(seed);
        var names = Enumerable.Range(0, 40).Select(_ => $"{random.Next(100)}{"-./0"[random.Next(4)]}{random.Next(100)}").Distinct().ToList();
        names.RemoveAll(name => names.Any(other => other.StartsWith(name + "/", StringComparison.Ordinal))); // a folder is no file
        foreach (var name in names) folder.Write($"bucket/{name}", "x");

        var listed = DirectoryListing.Walk(folder["bucket"], "", ".hidden", window).Select(stored => stored.Name);

        Assert.That(listed, Is.EqualTo(names.Order(StringComparer.Ordinal)), $"seed {seed}");
    }

    [TestCase("a/b", new[] { "a/b", "a/b0/c" })]
    [TestCase("a/b0/", new[] { "a/b0/c" })]
    [TestCase("a/none/", new string[0])]
    [TestCase("a/b/", new string[0])]
    public async Task A_prefix_selects_whole_names(string prefix, string[] expected)
    {
        foreach (var name in new[] { "a/b", "a/b0/c", "b" }) folder.Write($"bucket/{name}", "x");

        Assert.That((await ListAsync(prefix)).Select(stored => stored.Name), Is.EqualTo(expected));
    }

    [Test]
    public async Task What_is_no_file_is_listed_and_neither_followed_nor_read([Values("fifo", "link", "dangling", "circle", "folder-link", "device")] string kind)
    {
        folder.Write("outside/secret", "x");
        folder.Write("bucket/v1/good", "x");
        var path = folder["bucket/v1/odd"];
        if (kind == "fifo") Process.Start("mkfifo", path).WaitForExit();
        else File.CreateSymbolicLink(path, kind switch { "link" => folder["outside/secret"], "folder-link" => folder["outside"], "circle" => path, "device" => "/dev/zero", _ => "nowhere" });

        var odd = (await ListAsync("")).Single(stored => stored.Name == "v1/odd");

        Assert.That(bucket.TryReadNow(odd, new byte[16]), Is.Null);
        var fault = await Assert.ThrowsAsync<BucketException>(() => bucket.OpenReadAsync(odd, 0, CancellationToken.None));
        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Refused));
        Assert.That(fault.Message, Does.Contain("not a regular file"));
    }

    [Test]
    public async Task A_small_object_is_read_on_the_spot_up_to_what_the_buffer_holds()
    {
        folder.Write("bucket/x", "hello");
        var stored = (await ListAsync("")).Single();
        var buffer = new byte[16];

        Assert.That(bucket.TryReadNow(stored, buffer), Is.EqualTo(5));
        Assert.That(Encoding.ASCII.GetString(buffer, 0, 5), Is.EqualTo("hello"));
        Assert.That(bucket.TryReadNow(stored, buffer.AsSpan(0, 3)), Is.EqualTo(3));
        Assert.That(bucket.TryReadNow(stored with { Name = "gone" }, buffer), Is.Null);
    }

    private async Task<List<StoredObject>> ListAsync(string prefix)
    {
        var listed = new List<StoredObject>();
        await foreach (var stored in bucket.ListAsync(prefix, CancellationToken.None)) listed.Add(stored);
        return listed;
    }
}
