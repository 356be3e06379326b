using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>What docs/format.md shows is what the bytes are.</summary>
internal sealed class FormatDocumentTests : IDisposable
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly VerificationKey key = VerificationKey.FromPem(File.ReadAllText(Path.Combine(WorkedExample.Folder, "cp-1.pub")));
    private readonly byte[][] objects =
        [.. Directory.GetFiles(WorkedExample.Bucket, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)]; // the chunk, then the manifests

    public void Dispose() => key.Dispose();

    [Test]
    public void The_records_are_those_of_the_chunk() => Assert.That(FormatDocument.Blocks("json")[0], Is.EqualTo(Encoding.UTF8.GetString(WorkedExample.Plain)));

    [Test]
    public void The_payload_is_that_of_manifest_1_spread_over_lines()
    {
        var shown = JsonNode.Parse(FormatDocument.Blocks("json")[1])!; // the text is an object
        Assert.That(shown.ToJsonString(OneLine), Is.EqualTo(Encoding.UTF8.GetString(Envelope.Parse(objects[2]).Payload)));
    }

    [Test]
    public void Every_object_is_shown_with_its_name_and_size()
    {
        var lines = Directory.GetFiles(WorkedExample.Bucket, "*", SearchOption.AllDirectories)
            .Select(file => $"{Path.GetRelativePath(WorkedExample.Bucket, file)}  {new FileInfo(file).Length} bytes")
            .Order(StringComparer.Ordinal);

        Assert.That(FormatDocument.Blocks("text"), Does.Contain(string.Concat(lines.Select(line => line + "\n"))));
    }

    [Test]
    public void The_Merkle_root_of_the_records_is_computed_as_shown()
    {
        var leaves = WorkedExample.Records.Select(record => MerkleTree.LeafHash(Encoding.UTF8.GetBytes(record))).ToArray();
        var node = MerkleTree.NodeHash(leaves[0], leaves[1]);

        Assert.That(FormatDocument.Blocks("text"), Does.Contain($"""
            leaf 0  SHA-256(0x00 ‖ record 0)        {leaves[0]}
            leaf 1  SHA-256(0x00 ‖ record 1)        {leaves[1]}
            leaf 2  SHA-256(0x00 ‖ record 2)        {leaves[2]}
            node    SHA-256(0x01 ‖ leaf 0 ‖ leaf 1) {node}
            root    SHA-256(0x01 ‖ node ‖ leaf 2)   {MerkleTree.NodeHash(node, leaves[2])}

            """));
    }

    [Test]
    public void The_log_roots_are_computed_as_shown()
    {
        var payloads = objects[1..].Select(bytes => Envelope.Parse(bytes).Payload).ToArray();
        var leaves = payloads.Select(payload => MerkleTree.LeafHash(payload)).ToArray();

        Assert.That(FormatDocument.Blocks("text"), Does.Contain($"""
            payload 0  SHA-256                          {Digest.Of(payloads[0])}   previous of manifest 1
            leaf 0     SHA-256(0x00 ‖ payload 0)        {leaves[0]}   log.root of manifest 1
            payload 1  SHA-256                          {Digest.Of(payloads[1])}   previous of manifest 2
            leaf 1     SHA-256(0x00 ‖ payload 1)        {leaves[1]}
            root       SHA-256(0x01 ‖ leaf 0 ‖ leaf 1)  {MerkleTree.NodeHash(leaves[0], leaves[1])}   log.root of manifest 2

            """));
    }

    [Test]
    public void The_signed_bytes_key_and_signature_are_as_shown()
    {
        var envelope = Envelope.Parse(objects[2]);
        var encoding = Envelope.PreAuthenticationEncoding(envelope.Payload);

        Assert.That(FormatDocument.Blocks("text"), Does.Contain(Encoding.UTF8.GetString(encoding[..^envelope.Payload.Length]) + "\n"));
        Assert.That(FormatDocument.Blocks("text"), Does.Contain(Convert.ToBase64String(envelope.Signatures[0].Signature) + "\n"));
        Assert.That(FormatDocument.Text, Does.Contain($"`{key.KeyId}`").And.Contain($"the {key.Spki.Length} bytes of its SubjectPublicKeyInfo"));
    }

    [Test]
    public void Every_member_and_every_word_of_the_format_is_described()
    {
        var members = GoldenPayloads.All.SelectMany(payload => MembersOf(JsonNode.Parse(ManifestWriter.ToPayload(payload.Value))));
        var words = new[]
        {
            Enum.GetValues<ManifestKind>().Select(EnumText.Text), Enum.GetValues<CutReason>().Select(EnumText.Text), Enum.GetValues<GapCause>().Select(EnumText.Text),
            Enum.GetValues<StartCause>().Select(EnumText.Text), Enum.GetValues<SkipReason>().Select(EnumText.Text), Enum.GetValues<ReceiptObject>().Select(EnumText.Text),
            Enum.GetValues<PutResult>().Select(EnumText.Text), Enum.GetValues<SourceCondition>().Select(EnumText.Text),
        };

        var missing = members.Concat(words.SelectMany(word => word)).Distinct()
            .Where(word => !new[] { $"`{word}`", $".{word}`", $"`{word}." }.Any(spelling => FormatDocument.Text.Contains(spelling, StringComparison.Ordinal)));

        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void The_limits_are_those_of_the_code() =>
        Assert.That(
            FormatDocument.Text,
            Does.Contain($"| envelope | {Envelope.MaxBytes:N0} bytes").And.Contain($"| JSON depth | {StrictJson.MaxDepth} levels")
                .And.Contain($"| *foreign* strings | {ForeignText.MaxBytes} bytes").And.Contain($"| fingerprint | {Fingerprint.MaxBytes:N0} bytes")
                .And.Contain($"| epochs of a stream | {ManifestName.MaxEpoch:N0} |"));

    private static IEnumerable<string> MembersOf(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(pair => MembersOf(pair.Value).Prepend(pair.Key)),
        JsonArray elements => elements.SelectMany(MembersOf),
        _ => [],
    };
}
