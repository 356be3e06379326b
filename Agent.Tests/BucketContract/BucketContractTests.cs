using System.Text;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Tests.BucketContract;

/// <summary>What every bucket must do. A fixture per implementation derives from it.</summary>
internal abstract class BucketContractTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected abstract IBucket Bucket { get; }

    [Test]
    public async Task An_object_is_read_back_as_it_was_created()
    {
        var outcome = await Bucket.CreateAsync(UploadOf("v1/a/one", "hello"), None);

        var stored = await SingleAsync("v1/");
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Created, Is.True);
            Assert.That(outcome.Receipt?.TimeCreated, Is.Not.Null);
            Assert.That(stored.Name, Is.EqualTo("v1/a/one"));
            Assert.That(stored.Bytes, Is.EqualTo(5));
        });
        Assert.That(await ReadAsync(stored, 0), Is.EqualTo("hello"));
        Assert.That(await ReadAsync(stored, 3), Is.EqualTo("lo"));
    }

    [Test]
    public async Task A_second_create_of_a_name_changes_nothing_and_says_so()
    {
        await Bucket.CreateAsync(UploadOf("v1/one", "first"), None);

        var outcome = await Bucket.CreateAsync(UploadOf("v1/one", "second"), None);

        Assert.That(outcome.Created, Is.False);
        Assert.That(await ReadAsync(await SingleAsync("v1/"), 0), Is.EqualTo("first"));
    }

    [Test]
    public async Task Of_many_creates_at_once_exactly_one_wins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => Bucket.CreateAsync(UploadOf("v1/slot", $"run {i}"), None))));

        Assert.That(outcomes.Count(outcome => outcome.Created), Is.EqualTo(1));
    }

    [Test]
    public async Task Bytes_that_are_not_the_declared_ones_never_become_an_object()
    {
        var upload = UploadOf("v1/rotten", "sealed bytes") with { Open = () => new MemoryStream("sealed bytez"u8.ToArray()) };

        var fault = await Assert.ThrowsAsync<BucketException>(() => Bucket.CreateAsync(upload, None));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.Damaged));
        Assert.That(await NamesAsync(""), Is.Empty);
    }

    [Test]
    public async Task A_shorter_file_than_declared_never_becomes_an_object()
    {
        var upload = UploadOf("v1/short", "sealed bytes") with { Open = () => new MemoryStream("sealed"u8.ToArray()) };

        await Assert.ThrowsAsync<BucketException>(() => Bucket.CreateAsync(upload, None));
        Assert.That(await NamesAsync(""), Is.Empty);
    }

    [Test]
    public async Task Listing_is_in_byte_order_of_whole_names()
    {
        // '-' and '.' sort before '/', so a folder is not simply listed where its own name stands.
        string[] names = ["v1/a-b/x", "v1/a.b/x", "v1/a/x", "v1/a/y", "v1/ab", "v1/b", "v2/a"];
        foreach (var name in names.Reverse()) await Bucket.CreateAsync(UploadOf(name, name), None);

        Assert.That(await NamesAsync(""), Is.EqualTo(names.Order(StringComparer.Ordinal)));
        Assert.That(await NamesAsync("v1/a"), Is.EqualTo(names.Where(name => name.StartsWith("v1/a", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
        Assert.That(await NamesAsync("v1/a/"), Is.EqualTo(new[] { "v1/a/x", "v1/a/y" }));
        Assert.That(await NamesAsync("v3"), Is.Empty);
    }

    [Test]
    public async Task A_folder_shows_its_own_objects_and_folders_and_nothing_below_them()
    {
        string[] names = ["v1/a-b/x", "v1/a.b/x", "v1/a/x", "v1/a/y/z", "v1/a/y/zz", "v1/ab", "v1/b", "v2/a"];
        foreach (var name in names) await Bucket.CreateAsync(UploadOf(name, name), None);

        Assert.That(await EntriesAsync(""), Is.EquivalentTo(new[] { "v1/", "v2/" }));
        Assert.That(await EntriesAsync("v1/"), Is.EquivalentTo(new[] { "v1/a-b/", "v1/a.b/", "v1/a/", "v1/ab 5", "v1/b 4" }));
        Assert.That(await EntriesAsync("v1/a/"), Is.EquivalentTo(new[] { "v1/a/x 6", "v1/a/y/" }));
        Assert.That(await EntriesAsync("v1/ab/"), Is.Empty);
        Assert.That(await EntriesAsync("v3/"), Is.Empty);
    }

    [Test]
    public async Task An_object_that_is_gone_is_not_found()
    {
        await Bucket.CreateAsync(UploadOf("v1/one", "hello"), None);
        var stored = await SingleAsync("v1/");

        var fault = await Assert.ThrowsAsync<BucketException>(() => Bucket.OpenReadAsync(stored with { Name = "v1/other" }, 0, None));

        Assert.That(fault!.Fault, Is.EqualTo(BucketFault.NotFound));
    }

    [Test]
    public async Task An_empty_and_a_large_object_are_stored_whole()
    {
        var large = new string('x', 3_000_001);
        await Bucket.CreateAsync(UploadOf("v1/empty", ""), None);
        await Bucket.CreateAsync(UploadOf("v1/large", large), None);

        var stored = new List<StoredObject>();
        await foreach (var item in Bucket.ListAsync("v1/", None)) stored.Add(item);
        Assert.That(stored.Select(item => item.Bytes), Is.EqualTo(new[] { 0L, large.Length }));
        Assert.That(await ReadAsync(stored[1], 0), Is.EqualTo(large));
    }

    protected static Upload UploadOf(string name, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new Upload(name, "text/plain", bytes.Length, Crc32C.Of(bytes).Value, () => new MemoryStream(bytes));
    }

    protected async Task<List<string>> NamesAsync(string prefix)
    {
        var names = new List<string>();
        await foreach (var stored in Bucket.ListAsync(prefix, None)) names.Add(stored.Name);
        return names;
    }

    private async Task<List<string>> EntriesAsync(string folder)
    {
        var entries = new List<string>();
        await foreach (var entry in Bucket.ListFolderAsync(folder, None)) entries.Add(entry.Object is { } stored ? $"{stored.Name} {stored.Bytes}" : entry.Name);
        return entries;
    }

    private async Task<StoredObject> SingleAsync(string prefix)
    {
        StoredObject? single = null;
        await foreach (var stored in Bucket.ListAsync(prefix, None))
        {
            Assert.That(single, Is.Null);
            single = stored;
        }

        return single ?? throw new AssertionException($"No object under {prefix}.");
    }

    private async Task<string> ReadAsync(StoredObject stored, long offset)
    {
        await using var stream = await Bucket.OpenReadAsync(stored, offset, None);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(None);
    }
}
