using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Format;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>However plain bytes come out of gzip, the scan finds what the definitions say of them.</summary>
internal sealed class RecordScanTests
{
    private static readonly int[] Lengths = [2, 2, 60, 300, 1300, 1300, 5000, 40_000, 140_000, 300_000];

    [Test]
    public void Records_of_any_lengths_in_pieces_of_any_lengths([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        var plain = RandomRecords(random, mostCommon: random.Next(1, Lengths.Length));
        using var scan = new RecordScan();
        Feed(scan, plain, Lengths[random.Next(Lengths.Length)], random);

        var records = Split(plain);
        Assert.Multiple(() =>
        {
            Assert.That(scan.Records, Is.EqualTo(records.Count));
            Assert.That(scan.ContentSha256(), Is.EqualTo(Digest.Of(plain)));
            Assert.That(scan.MerkleRoot(), Is.EqualTo(MerkleDefinition.Root([.. records])));
            Assert.That(scan.Malformed, Is.EqualTo(records.Count(IsMalformed)));
            Assert.That(scan.First(), Is.EqualTo(Summary(records.FirstOrDefault())));
            Assert.That(scan.Last(), Is.EqualTo(Summary(records.LastOrDefault())));
        });
    }

    [Test]
    public void No_bytes_are_no_records()
    {
        using var scan = new RecordScan();
        scan.End();

        Assert.That((scan.Records, scan.MerkleRoot(), scan.Last()), Is.EqualTo((0L, MerkleTree.EmptyRoot, (RecordSummary?)null)));
    }

    [Test]
    public void There_is_always_room_for_a_quarter_of_the_buffer()
    {
        using var scan = new RecordScan();
        for (var i = 0; i < 2000; i++)
        {
            Assert.That(scan.Space.Length, Is.AtLeast(64 * 1024));
            var piece = scan.Space[..Math.Min(scan.Space.Length, 777 + i)];
            piece.Fill(i % 100 == 0 ? (byte)'\n' : (byte)'x');
            scan.Take(piece.Length);
        }
    }

    private static void Feed(RecordScan scan, ReadOnlySpan<byte> plain, int most, Random random)
    {
        while (!plain.IsEmpty)
        {
            var count = Math.Min(Math.Min(plain.Length, scan.Space.Length), random.Next(1, most + 1));
            plain[..count].CopyTo(scan.Space);
            scan.Take(count);
            plain = plain[count..];
        }

        scan.End();
    }

    private static byte[] RandomRecords(Random random, int mostCommon)
    {
        var text = new StringBuilder();
        var count = random.Next(1, mostCommon > 5 ? 60 : 600);
        for (var i = 0; i < count; i++)
        {
            var most = Lengths[random.Next(random.Next(20) == 0 ? Lengths.Length : mostCommon)];
            text.Append(random.Next(10) == 0 ? "no json" : $"{{\"auditID\":\"{i}\",\"pad\":\"{new string((char)('a' + (i % 26)), random.Next(most))}\"}}");
            text.Append(random.Next(10) == 0 ? "\r\n" : "\n");
        }

        if (random.Next(2) == 0) text.Append("{\"auditID\":\"the end\"}");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static List<byte[]> Split(byte[] plain)
    {
        var records = new List<byte[]>();
        for (var at = 0; at < plain.Length;)
        {
            var lineFeed = Array.IndexOf(plain, (byte)'\n', at);
            var end = lineFeed < 0 ? plain.Length : lineFeed + 1;
            records.Add(plain[at..end]);
            at = end;
        }

        return records;
    }

    private static bool IsMalformed(byte[] record)
    {
        var text = Encoding.UTF8.GetString(record);
        if (text.EndsWith('\n')) text = text[..^1];
        if (record is [.., (byte)'\r', (byte)'\n']) text = text[..^1];
        return !(text.StartsWith('{') && text.EndsWith('}'));
    }

    private static RecordSummary? Summary(byte[]? record)
    {
        if (record is null) return null;
        var text = new RecordText();
        text.Append(record);
        return text.Summarize();
    }
}
