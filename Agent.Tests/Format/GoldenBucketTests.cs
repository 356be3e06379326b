using System.IO.Compression;
using System.Text;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>Pins the bytes of format version 1: the committed bucket is what every release must write and read.</summary>
internal sealed class GoldenBucketTests : IDisposable
{
    private static readonly string[] ManifestNames =
    [
        "v1/manifests/prod-eu1/cp-1/audit/e00000001/000000000000.dsse.json",
        "v1/manifests/prod-eu1/cp-1/audit/e00000001/000000000001-05f37f6829c3446e88c4920c8e06fe40f24cb3b0b04a67a94096b2fea6c537b4.dsse.json",
        "v1/manifests/prod-eu1/cp-1/audit/e00000001/000000000002-4e972569e7efed019efecd7fb6c48415c121faf174aa1fef5cd50db2ce5a2aca.dsse.json",
    ];

    private const string ChunkObjectName =
        "v1/chunks/cluster=prod-eu1/node=cp-1/source=audit/date=2026-11-22/090000-3ad079ec6dcd3d3cad86e46f4daaab26c48180c39eec3a1968fd278f3368c6da.ndjson.gz";

    private readonly VerificationKey key = VerificationKey.FromPem(File.ReadAllText(Path.Combine(WorkedExample.Folder, "cp-1.pub")));
    private readonly byte[] chunk = ReadObject(ChunkObjectName);

    public void Dispose() => key.Dispose();

    [Test]
    public void The_bucket_holds_these_objects_and_no_others() =>
        Assert.That(
            Directory.GetFiles(WorkedExample.Bucket, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(WorkedExample.Bucket, file)),
            Is.EquivalentTo(ManifestNames.Append(ChunkObjectName)));

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void The_writer_makes_the_payload_byte_for_byte(int sequence)
    {
        var payload = Encoding.UTF8.GetString(ManifestWriter.ToPayload(WorkedExample.Manifests(key, chunk)[sequence]));

        Assert.That(payload, Is.EqualTo(Encoding.UTF8.GetString(ReadEnvelope(sequence).Payload)));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void The_reader_gets_the_values_back(int sequence) =>
        Assert.That(ManifestReader.Parse(ReadEnvelope(sequence).Payload), Is.EqualTo(WorkedExample.Manifests(key, chunk)[sequence]).Using(ManifestComparer.Instance));

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void The_envelope_is_written_as_it_was_read_and_its_signature_holds(int sequence)
    {
        var envelope = ReadEnvelope(sequence);
        var signature = envelope.Signatures.Single();

        Assert.That(envelope.ToBytes(), Is.EqualTo(ReadObject(ManifestNames[sequence])));
        Assert.That(signature.KeyId, Is.EqualTo(key.KeyId.ToString()));
        Assert.That(key.Verify(Envelope.PreAuthenticationEncoding(envelope.Payload), signature.Signature), Is.True);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void A_manifest_s_name_parses_prints_and_holds_the_hash_of_its_bytes(int sequence)
    {
        Assert.That(ManifestName.TryParse(ManifestNames[sequence], out var name), Is.True);
        Assert.That(name, Is.EqualTo(new ManifestName(WorkedExample.Stream, 1, sequence, sequence == 0 ? null : Digest.Of(ReadObject(ManifestNames[sequence])))));
        Assert.That(name!.ToString(), Is.EqualTo(ManifestNames[sequence]));
    }

    [Test]
    public void The_chunk_s_name_parses_prints_and_holds_the_hash_of_its_bytes()
    {
        Assert.That(ChunkName.TryParse(ChunkObjectName, out var name), Is.True);
        Assert.That(name, Is.EqualTo(WorkedExample.NameOf(chunk)));
        Assert.That(name!.ToString(), Is.EqualTo(ChunkObjectName));
    }

    [Test]
    public void The_chunk_is_one_bare_gzip_member_around_the_records()
    {
        Assert.That(chunk[..8], Is.EqualTo(new byte[] { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0 }), "ID1 ID2 CM FLG MTIME");
        using var gzip = new GZipStream(new MemoryStream(chunk), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        Assert.That(plain.ToArray(), Is.EqualTo(WorkedExample.Plain));
        Assert.That(BitConverter.ToUInt32(chunk, chunk.Length - 4), Is.EqualTo(plain.Length), "ISIZE: the last four bytes, so nothing follows the member");
    }

    [Test]
    public void The_chunk_s_numbers_are_these()
    {
        Assert.That(chunk, Has.Length.EqualTo(380));
        Assert.That(Digest.Of(chunk).ToString(), Is.EqualTo("3ad079ec6dcd3d3cad86e46f4daaab26c48180c39eec3a1968fd278f3368c6da"));
        Assert.That(Crc32C.Of(chunk).ToString(), Is.EqualTo("mOACGw=="));
        Assert.That(WorkedExample.Plain, Has.Length.EqualTo(836));
        Assert.That(Digest.Of(WorkedExample.Plain).ToString(), Is.EqualTo("ad65da4b67ab4a9ce4612a9a22a7da90900164d8cdf11c55d2cbf085011b985d"));
        Assert.That(ManifestReader.Parse(ReadEnvelope(1).Payload).Entry.Content!.Value.MerkleRoot.ToString(), Is.EqualTo("4e8b056936e04219372212a0313c9321d864caa9892f54449af62aaffd60ed54"));
    }

    [Test]
    public void One_changed_bit_anywhere_in_the_payload_breaks_the_signature()
    {
        var envelope = ReadEnvelope(2);
        var payload = envelope.Payload;
        for (var bit = 0; bit < payload.Length * 8; bit += 7) // every byte, each time another bit of it
        {
            payload[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(key.Verify(Envelope.PreAuthenticationEncoding(payload), envelope.Signatures[0].Signature), Is.False, $"bit {bit}");
            payload[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static Envelope ReadEnvelope(int sequence) => Envelope.Parse(ReadObject(ManifestNames[sequence]));

    private static byte[] ReadObject(string name) => File.ReadAllBytes(Path.Combine(WorkedExample.Bucket, name));
}
