using System.Text;
using NUnit.Framework;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class ListingTests
{
    // U+FFFD sorts before U+1F600 in UTF-8, after its surrogates in UTF-16.
    private static readonly string[] InUtf8Order = ["A", "Z", "a", "a-", "a/1", "a/2", "a/b/3", "a0", "b", "é", "\uFFFD", "\U0001F600"];

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(1000)]
    public async Task Pages_follow_utf8_order_and_miss_nothing(int pageSize)
    {
        await using var gcs = await Gcs.StartAsync();
        foreach (var name in InUtf8Order.Reverse())
            gcs.Bucket.Put(name, "x"u8);

        Assert.That(await NamesAsync(gcs, $"maxResults={pageSize}"), Is.EqualTo(InUtf8Order));
    }

    [TestCase("prefix=a/", "a/1 a/2 a/b/3")]
    [TestCase("prefix=a", "a a- a/1 a/2 a/b/3 a0")]
    [TestCase("startOffset=a/2&endOffset=b", "a/2 a/b/3 a0")]
    [TestCase("prefix=a/&startOffset=a/2", "a/2 a/b/3")]
    [TestCase("prefix=a/&startOffset=b", "")]
    [TestCase("prefix=zz", "")]
    [TestCase("prefix=a/&delimiter=/", "a/1 a/2 a/b/")]
    [TestCase("prefix=a&delimiter=/", "a a- a/ a0")]
    [TestCase("delimiter=/&endOffset=b", "A Z a a- a/ a0")]
    public async Task A_listing_may_be_narrowed(string query, string expected)
    {
        await using var gcs = await Gcs.StartAsync();
        foreach (var name in InUtf8Order)
            gcs.Bucket.Put(name, "x"u8);

        var whole = await NamesAsync(gcs, query);
        var paged = await NamesAsync(gcs, $"{query}&maxResults=1");

        Assert.That(string.Join(' ', whole), Is.EqualTo(expected));
        Assert.That(paged, Is.EqualTo(whole));
    }

    [Test]
    public async Task A_page_holds_a_thousand_unless_asked_for_less()
    {
        await using var gcs = await Gcs.StartAsync();
        for (var i = 0; i < 1001; i++)
            gcs.Bucket.Put($"{i:D4}", default);

        var answer = await gcs.GetAsync("storage/v1/b/audit/o?maxResults=5000&fields=items(name),nextPageToken");

        Assert.That(answer.Json["items"]!.AsArray(), Has.Count.EqualTo(1000));
        Assert.That(answer["nextPageToken"], Is.Not.Null);
    }

    [Test]
    public async Task Versions_are_listed_oldest_first_and_only_on_demand()
    {
        await using var gcs = await Gcs.StartAsync(new BucketSettings { Versioning = true });
        var first = gcs.Bucket.Put("x", "1"u8);
        var second = gcs.Bucket.Put("x", "2"u8);

        var live = await gcs.GetAsync("storage/v1/b/audit/o");
        var all = await gcs.GetAsync("storage/v1/b/audit/o?versions=true");

        Assert.That(Generations(live), Is.EqualTo(new[] { second.Generation }));
        Assert.That(Generations(all), Is.EqualTo(new[] { first.Generation, second.Generation }));
    }

    [Test]
    public async Task An_empty_listing_has_no_items()
    {
        await using var gcs = await Gcs.StartAsync();

        Assert.That((await gcs.GetAsync("storage/v1/b/audit/o")).Json.ToJsonString(), Is.EqualTo("""{"kind":"storage#objects"}"""));
    }

    [Test]
    public async Task A_made_up_page_token_is_refused()
    {
        await using var gcs = await Gcs.StartAsync();
        gcs.Bucket.Put("x", default);

        Assert.That((await gcs.GetAsync("storage/v1/b/audit/o?pageToken=!!")).Status, Is.EqualTo(400));
    }

    [Test]
    public void Utf8_order_is_the_order_of_the_bytes()
    {
        var random = TestContext.CurrentContext.Random;
        string Name() => string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ =>
            new[] { "a", "z", "\u07FF", "\uD7FF", "\uE000", "\uFFFF", "\U00010000", "\U0010FFFF" }[random.Next(8)]));
        for (var i = 0; i < 2000; i++)
        {
            var (x, y) = (Name(), Name());
            var byBytes = Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));

            Assert.That(Math.Sign(Utf8Order.Comparer.Compare(x, y)), Is.EqualTo(Math.Sign(byBytes)), $"{x} and {y}");
        }
    }

    private static IEnumerable<long> Generations(Answer answer) =>
        answer.Json["items"]!.AsArray().Select(item => long.Parse(item!["generation"]!.ToString()));

    // Items and prefixes of every page, in the order of the pages and, within one, of the names.
    private static async Task<List<string>> NamesAsync(Gcs gcs, string query)
    {
        var names = new List<string>();
        var token = "";
        do
        {
            var answer = await gcs.GetAsync($"storage/v1/b/audit/o?{query}{token}");
            Assert.That(answer.Status, Is.EqualTo(200));
            Assert.That(names, Has.Count.LessThan(100), "The pages go round in circles.");
            var items = answer.Json["items"]?.AsArray().Select(item => item!["name"]!.ToString()) ?? [];
            var prefixes = answer.Json["prefixes"]?.AsArray().Select(prefix => prefix!.ToString()) ?? [];
            names.AddRange(items.Concat(prefixes).Order(Utf8Order.Comparer));
            token = answer["nextPageToken"] is { } next ? $"&pageToken={Uri.EscapeDataString(next)}" : "";
        }
        while (token.Length > 0);

        return names;
    }
}
