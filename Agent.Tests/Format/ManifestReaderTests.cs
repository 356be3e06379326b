using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>Every member of a manifest, taken away or of another type, and the members that must not stand together.</summary>
internal sealed class ManifestReaderTests
{
    // Absent where the store, the record or the system gave none (docs/format.md); a path below a list stands for each element.
    private static readonly string[] Optional =
    [
        "predicate.first", "predicate.first.auditID", "predicate.first.stage", "predicate.first.timestamp",
        "predicate.last", "predicate.last.auditID", "predicate.last.stage", "predicate.last.timestamp",
        "predicate.sources[].continues", "predicate.gaps[].file", "predicate.gaps[].fingerprint", "predicate.gaps[].detail",
        "predicate.receipts[].generation", "predicate.receipts[].timeCreated", "predicate.receipts[].retentionExpirationTime",
        "predicate.checkpoints",
    ];

    private static readonly string[] Nullable = ["predicate.previousEpoch", "predicate.policy.retentionSeconds", "predicate.gaps[].to"];

    // Numbers that the format has not, and one of every other type; a list of one number is no list of the format.
    private static readonly JsonNode?[] Values = [null, false, -1, 1.5, "x", new JsonObject(), new JsonArray(1)];

    private static IEnumerable<TestCaseData> Members =>
        from payload in GoldenPayloads.All
        from path in PathsOf(Root(payload.Value), "", "")
        select new TestCaseData(payload.Value, path.Where, path.Member).SetArgDisplayNames(payload.Name, path.Where);

    [TestCaseSource(nameof(Members))]
    public void A_member_is_required_unless_the_format_says_otherwise(Manifest manifest, string where, string member)
    {
        var root = Root(manifest);
        var parent = Find(root, where);
        parent.Remove(where[(where.LastIndexOf('.') + 1)..]);

        Assert.That(() => Parse(root), Optional.Contains(member) ? Throws.Nothing : Throws.TypeOf<FormatException>());
    }

    [TestCaseSource(nameof(Members))]
    public void A_member_of_another_type_is_refused(Manifest manifest, string where, string member)
    {
        foreach (var other in Values)
        {
            var root = Root(manifest);
            var parent = Find(root, where);
            var key = where[(where.LastIndexOf('.') + 1)..];
            if (MayBe(other, parent[key], member)) continue;
            parent[key] = other?.DeepClone();
            Assert.That(() => Parse(root), Throws.TypeOf<FormatException>(), other?.ToJsonString() ?? "null");
        }
    }

    [Test]
    public void Unknown_members_are_ignored_at_every_level([ValueSource(typeof(GoldenPayloads), nameof(GoldenPayloads.Names))] string name)
    {
        var manifest = GoldenPayloads.Get(name);
        var root = Root(manifest);
        foreach (var parent in Objects(root).ToList()) parent["x-later"] = new JsonObject { ["a"] = new JsonArray(1.5, null, "b") };

        Assert.That(Parse(root), Is.EqualTo(manifest).Using(ManifestComparer.Instance));
    }

    [TestCase("chunk", "kind", "\"merge\"", TestName = "An unknown kind is refused")]
    [TestCase("chunk", "kind", "\"Chunk\"", TestName = "Kinds are lower case")]
    [TestCase("chunk", "reason", "\"whim\"", TestName = "An unknown reason is refused")]
    [TestCase("chunk", "epoch", "0", TestName = "Epochs begin at one")]
    [TestCase("chunk", "epoch", "100000000", TestName = "An epoch has eight digits")]
    [TestCase("chunk", "sequence", "0", TestName = "Sequence zero is the start's")]
    [TestCase("chunk", "sequence", "1000000000000", TestName = "A sequence has twelve digits")]
    [TestCase("start", "sequence", "1", TestName = "The start's sequence is zero")]
    [TestCase("start", "previous", "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"", TestName = "The start has no previous")]
    [TestCase("chunk", "stream", "\"a/b\"", TestName = "A stream has three parts")]
    [TestCase("chunk", "lineage", "\"7D0F6C1E-52A4-4B0A-9D55-3F1F0A7C2B61\"", TestName = "A lineage is lower case")]
    [TestCase("chunk", "lineage", "\" 7d0f6c1e-52a4-4b0a-9d55-3f1f0a7c2b61\"", TestName = "A lineage has no white space")]
    [TestCase("chunk", "lineage", "\"7d0f6c1e52a44b0a9d553f1f0a7c2b61\"", TestName = "A lineage has its hyphens")]
    [TestCase("chunk", "sealed", "\"2026-11-22T09:00:00+00:00\"", TestName = "Times end with Z")]
    [TestCase("chunk", "sources.0.device", "\"02049\"", TestName = "A device has no zeros in front")]
    [TestCase("chunk", "sources.0.inode", "\"1\\u0000\"", TestName = "An inode has no NUL")]
    [TestCase("chunk", "sources.0.inode", "\"18446744073709551616\"", TestName = "An inode has 64 bits")]
    [TestCase("chunk", "sources.0.to", "99", TestName = "A range does not end before it begins")]
    [TestCase("chunk", "sources.0.fingerprint.bytes", "1025", TestName = "A fingerprint covers at most 1024 bytes")]
    [TestCase("chunk", "object.mediaType", "\"application/zstd\"", TestName = "A chunk is gzip")]
    [TestCase("chunk", "object.crc32c", "\"AAAAAB==\"", TestName = "A CRC is canonical")]
    [TestCase("gap", "gaps.0.cause", "\"bad-luck\"", TestName = "An unknown cause is refused")]
    [TestCase("gap", "gaps.0.to", "1", TestName = "A gap does not end before it begins")]
    [TestCase("restart", "skipped.0.to", "1", TestName = "Skipped epochs do not end before they begin")]
    [TestCase("restart", "skipped.0.why", "\"lost\"", TestName = "An unknown reason to skip is refused")]
    [TestCase("restart", "cause", "\"reboot\"", TestName = "An unknown cause of a start is refused")]
    [TestCase("restart", "previousEpoch.epoch", "0", TestName = "A link names an epoch")]
    [TestCase("heartbeat", "source.state", "\"fine\"", TestName = "An unknown state is refused")]
    [TestCase("heartbeat", "reason", "\"age\"", TestName = "Only a chunk has a reason")]
    [TestCase("stop", "receipts.0.put", "\"replaced\"", TestName = "An unknown outcome of an upload is refused")]
    [TestCase("stop", "receipts.0.object", "\"key\"", TestName = "A receipt is for a chunk or a manifest")]
    public void A_wrong_value_is_refused(string name, string path, string value)
    {
        var root = Root(GoldenPayloads.Get(name));
        JsonNode node = root["predicate"]!;
        var steps = path.Split('.');
        foreach (var step in steps[..^1]) node = int.TryParse(step, out var index) ? node[index]! : node[step]!;
        node[steps[^1]] = JsonNode.Parse(value);

        Assert.That(() => Parse(root), Throws.TypeOf<FormatException>());
    }

    [TestCase("_type", "https://in-toto.io/Statement/v0.1")]
    [TestCase("predicateType", "https://sealtail.dev/manifest/v2")]
    public void Another_version_is_refused(string member, string value)
    {
        var root = Root(GoldenPayloads.Get("chunk"));
        root[member] = value;

        Assert.That(() => Parse(root), Throws.TypeOf<FormatException>().With.Message.Contains(member));
    }

    [TestCase(0)]
    [TestCase(2)]
    public void A_statement_has_one_subject(int subjects)
    {
        var root = Root(GoldenPayloads.Get("chunk"));
        var subject = root["subject"]![0]!.DeepClone();
        root["subject"] = new JsonArray([.. Enumerable.Range(0, subjects).Select(_ => subject.DeepClone())]);

        Assert.That(() => Parse(root), Throws.TypeOf<FormatException>());
    }

    private static Manifest Parse(JsonObject root) => ManifestReader.Parse(Encoding.UTF8.GetBytes(root.ToJsonString()));

    private static JsonObject Root(Manifest manifest) => JsonNode.Parse(ManifestWriter.ToPayload(manifest))!.AsObject();

    // Whether the value is of the member's own type: then it is another test's matter what it says.
    private static bool MayBe(JsonNode? other, JsonNode? now, string member) => other?.GetValueKind() switch
    {
        null => Nullable.Contains(member),
        JsonValueKind.False => now?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        JsonValueKind.String => now?.GetValueKind() == JsonValueKind.String,
        JsonValueKind.Object => now is JsonObject && Optional.Any(optional => optional.StartsWith(member + ".", StringComparison.Ordinal)),
        _ => false,
    };

    private static IEnumerable<(string Where, string Member)> PathsOf(JsonNode node, string where, string member)
    {
        var dot = where.Length == 0 ? "" : ".";
        return node switch
        {
            JsonObject members => members.SelectMany(pair => PathsOf(pair.Value ?? JsonValue.Create(0), $"{where}{dot}{pair.Key}", $"{member}{dot}{pair.Key}").Prepend(($"{where}{dot}{pair.Key}", $"{member}{dot}{pair.Key}"))),
            JsonArray elements => elements.SelectMany((element, i) => PathsOf(element!, $"{where}.{i}", $"{member}[]")), // no list of the format holds null
            _ => [],
        };
    }

    private static JsonObject Find(JsonNode root, string where)
    {
        var node = root;
        foreach (var step in where.Split('.')[..^1]) node = int.TryParse(step, out var index) ? node[index]! : node[step]!;
        return node.AsObject();
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(pair => Objects(pair.Value)).Prepend(members),
        JsonArray elements => elements.SelectMany(Objects),
        _ => [],
    };
}
