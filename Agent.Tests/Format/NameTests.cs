using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>Object names: what prints parses to the same value, and no other text parses at all.</summary>
internal sealed class NameTests
{
    private const string Sha = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string Slot = "v1/manifests/c/n/s/e00000001/000000000000.dsse.json";
    private const string Manifest = $"v1/manifests/c/n/s/e00000001/000000000001-{Sha}.dsse.json";
    private const string Chunk = $"v1/chunks/cluster=c/node=n/source=s/date=2026-11-22/090000-{Sha}.ndjson.gz";

    [Test]
    public void Printed_names_are_read_back()
    {
        for (var i = 0; i < 500; i++)
        {
            var seed = TestContext.CurrentContext.Random.Next();
            var random = new RandomManifest(seed);
            var numbers = new Random(seed);
            var stream = random.Stream();
            var slot = ManifestName.Slot(stream, 1 + numbers.NextInt64(ManifestName.MaxEpoch));
            var manifest = new ManifestName(stream, 1 + numbers.NextInt64(ManifestName.MaxEpoch), 1 + numbers.NextInt64(ManifestName.MaxSequence), random.Sha());
            var chunk = new ChunkName(stream, ChunkName.Date(null, random.Time()), random.Sha());

            Assert.That(StreamName.TryParse(stream.ToString(), out var readStream) && readStream == stream, Is.True, $"seed {seed}: {stream}");
            Assert.That(ManifestName.TryParse(slot.ToString(), out var readSlot) && readSlot == slot, Is.True, $"seed {seed}: {slot}");
            Assert.That(ManifestName.TryParse(manifest.ToString(), out var readManifest) && readManifest == manifest, Is.True, $"seed {seed}: {manifest}");
            Assert.That(ChunkName.TryParse(chunk.ToString(), out var readChunk) && readChunk == chunk, Is.True, $"seed {seed}: {chunk}");
        }
    }

    /// <summary>A near miss is one character away from a name. If it is a name, then it is its own: two texts never name one object.</summary>
    [TestCase(Slot)]
    [TestCase(Manifest)]
    [TestCase(Chunk)]
    public void A_text_that_parses_prints_as_itself(string name)
    {
        var near =
            from place in Gen.Choose(0, name.Length - 1)
            from character in Gen.Elements("\0\n /\\.-_=%e0919azAZ٣０ſ".ToCharArray())
            from change in Gen.Elements("replace", "insert", "remove", "swap", "double")
            select change switch
            {
                "replace" => name.Remove(place, 1).Insert(place, character.ToString()),
                "insert" => name.Insert(place, character.ToString()),
                "remove" => name.Remove(place, 1),
                "swap" => place == 0 ? name : name[..(place - 1)] + name[place] + name[place - 1] + name[(place + 1)..],
                _ => name.Insert(place, name[place].ToString()),
            };

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(5000),
            Prop.ForAll(near.ToArbitrary(), text =>
                (!ManifestName.TryParse(text, out var manifest) || manifest.ToString() == text)
                && (!ChunkName.TryParse(text, out var chunk) || chunk.ToString() == text)));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("/" + Slot)]
    [TestCase(Slot + "\n")]
    [TestCase("prefix/" + Slot)]
    [TestCase("v2/manifests/c/n/s/e00000001/000000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e00000000/000000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e0000001/000000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e000000001/000000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/E00000001/000000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e+0000001/000000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e 0000001/000000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e0000001\0/000000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e٠٠٠٠٠٠٠١/000000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e00000001/00000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e00000001/00000000000\0.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e00000001/0000000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e00000001/000000000001.dsse.json", Description = "only the start is a slot")]
    [TestCase($"v1/manifests/c/n/s/e00000001/000000000000-{Sha}.dsse.json", Description = "the start is always a slot")]
    [TestCase($"v1/manifests/c/n/s/e00000001/00000000001\0-{Sha}.dsse.json")]
    [TestCase($"v1/manifests/c/n/s/e00000001/000000000001_{Sha}.dsse.json")]
    [TestCase($"v1/manifests/c/n/s/e00000001/000000000001-{Sha}0.dsse.json")]
    [TestCase("v1/manifests/c/n/s/e00000001/000000000001-E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855.dsse.json")]
    [TestCase($"v1/manifests/c/n/s/e00000001/000000000001-{Sha}.DSSE.json")]
    [TestCase($"v1/manifests/c/n/s/e00000001/000000000001-{Sha}.dsse.json.gz")]
    [TestCase("v1/manifests/c/n/e00000001/000000000000.dsse.json")]
    [TestCase("v1/manifests/c/n/s/t/e00000001/000000000000.dsse.json")]
    [TestCase("v1/manifests/c//s/e00000001/000000000000.dsse.json")]
    [TestCase("v1/manifests/c/../s/e00000001/000000000000.dsse.json")]
    [TestCase("v1/manifests/C/n/s/e00000001/000000000000.dsse.json")]
    [TestCase("v1/manifests/.dsse.json")]
    [TestCase("v1/manifests/dsse.json")]
    [TestCase(Chunk)]
    public void No_manifest_has_this_name(string? text) => Assert.That(ManifestName.TryParse(text, out _), Is.False);

    [TestCase(null)]
    [TestCase("")]
    [TestCase("/" + Chunk)]
    [TestCase(Chunk + "\0")]
    [TestCase($"v1/chunks/cluster=c/node=n/source=s/date=2026-02-29/090000-{Sha}.ndjson.gz")]
    [TestCase($"v1/chunks/cluster=c/node=n/source=s/date=2026-11-22/240000-{Sha}.ndjson.gz")]
    [TestCase($"v1/chunks/cluster=c/node=n/source=s/date=2026-11-22/090060-{Sha}.ndjson.gz")]
    [TestCase($"v1/chunks/cluster=c/node=n/source=s/date=2026-11-22/09000-{Sha}.ndjson.gz")]
    [TestCase($"v1/chunks/cluster=c/node=n/source=s/date=2026-11-2/090000-{Sha}.ndjson.gz")]
    [TestCase($"v1/chunks/cluster=c/node=n/source=s/date=20261122/090000-{Sha}.ndjson.gz")]
    [TestCase($"v1/chunks/cluster=c/node=n/source=s/2026-11-22/090000-{Sha}.ndjson.gz")]
    [TestCase($"v1/chunks/node=n/cluster=c/source=s/date=2026-11-22/090000-{Sha}.ndjson.gz")]
    [TestCase($"v1/chunks/cluster=cluster=c/node=n/source=s/date=2026-11-22/090000-{Sha}.ndjson.gz")]
    [TestCase($"v1/chunks/cluster=/node=n/source=s/date=2026-11-22/090000-{Sha}.ndjson.gz")]
    [TestCase($"v1/chunks/cluster=c/node=n/source=s/date=2026-11-22/090000-{Sha}0.ndjson.gz")]
    [TestCase("v1/chunks/cluster=c/node=n/source=s/date=2026-11-22/090000-E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855.ndjson.gz")]
    [TestCase($"v1/chunks/cluster=c/node=n/source=s/date=2026-11-22/090000-{Sha}.ndjson")]
    [TestCase($"v1/chunks/cluster=c/node=n/source=s/date=2026-11-22/x/090000-{Sha}.ndjson.gz")]
    [TestCase(Slot)]
    public void No_chunk_has_this_name(string? text) => Assert.That(ChunkName.TryParse(text, out _), Is.False);

    [TestCase("a", true)]
    [TestCase("0", true)]
    [TestCase("a.b-c", true)]
    [TestCase("a..b", true)]
    [TestCase("", false)]
    [TestCase(".a", false)]
    [TestCase("a.", false)]
    [TestCase("-a", false)]
    [TestCase("a-", false)]
    [TestCase("A", false)]
    [TestCase("a_b", false)]
    [TestCase("a b", false)]
    [TestCase("a/b", false)]
    [TestCase("a\n", false)]
    [TestCase("a\0", false)]
    [TestCase("é", false)]
    [TestCase("..", false)]
    public void A_part_of_a_stream_is_checked(string part, bool valid)
    {
        Assert.That(StreamName.TryParse($"{part}/n/s", out _), Is.EqualTo(valid));
        Assert.That(StreamName.TryParse($"c/{part}/s", out _), Is.EqualTo(valid));
        Assert.That(StreamName.TryParse($"c/n/{part}", out _), Is.EqualTo(valid));
        Assert.That(() => StreamName.Create("c", part, "s"), valid ? Throws.Nothing : Throws.TypeOf<FormatException>().With.Message.Contains("node"));
    }

    [TestCase(63, 253, 63, true)]
    [TestCase(64, 253, 63, false)]
    [TestCase(63, 254, 63, false)]
    [TestCase(63, 253, 64, false)]
    public void A_part_of_a_stream_has_a_greatest_length(int cluster, int node, int source, bool valid) =>
        Assert.That(StreamName.TryParse($"{new string('a', cluster)}/{new string('a', node)}/{new string('a', source)}", out _), Is.EqualTo(valid));

    [TestCase("c/n")]
    [TestCase("c/n/s/")]
    [TestCase("/c/n/s")]
    [TestCase(null)]
    public void A_stream_has_three_parts(string? text) => Assert.That(StreamName.TryParse(text, out _), Is.False);

    [TestCase("2000-01-01T00:00:00Z", "2000-01-01/000000")]
    [TestCase("2199-12-31T23:59:59.999999999Z", "2199-12-31/235959")]
    [TestCase("2026-11-22T09:00:00.123456Z", "2026-11-22/090000")]
    [TestCase("1999-12-31T23:59:59Z", "2026-11-22/100203", Description = "before 2000")]
    [TestCase("2200-01-01T00:00:00Z", "2026-11-22/100203", Description = "after 2199")]
    [TestCase("2026-02-30T00:00:00Z", "2026-11-22/100203", Description = "no real date")]
    [TestCase("2026-11-22T09:00:00+01:00", "2026-11-22/100203", Description = "not UTC")]
    [TestCase("../../../etc/passwd", "2026-11-22/100203")]
    [TestCase(null, "2026-11-22/100203")]
    public void A_chunk_is_dated_by_its_first_record_if_that_is_plain_and_else_by_its_seal(string? timestamp, string dated)
    {
        var sealedAt = new DateTimeOffset(2026, 11, 22, 10, 2, 3, 999, TimeSpan.Zero);
        var name = new ChunkName(StreamName.Create("c", "n", "s"), ChunkName.Date(timestamp, sealedAt), Digest.Parse(Sha));

        Assert.That(name.ToString(), Is.EqualTo($"v1/chunks/cluster=c/node=n/source=s/date={dated}-{Sha}.ndjson.gz"));
    }
}
