using System.Security.Cryptography;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Format;

/// <summary>Both ways to hash a chunk's records give what .NET's SHA-256 gives. A way that this machine has not is reported as ignored.</summary>
[TestFixture(false)]
[TestFixture(true)]
internal sealed class RecordHashesTests(bool isNative)
{
    [SetUp]
    public void SkipWhatIsNotThere()
    {
        if (isNative) NativeSha256.Require();
    }

    [Test]
    public void Every_length_to_three_hundred() => Check(Enumerable.Range(1, 300), new Random(300));

    /// <summary>Lengths about which the padding needs one block more, and those at which a lane has no whole block.</summary>
    [Test]
    public void Lengths_about_the_edges_of_blocks([Values(1, 54, 55, 56, 62, 63, 64, 118, 119, 120, 126, 127, 128, 183, 8191)] int length) =>
        Check(Enumerable.Repeat(length, 40), new Random(length));

    [Test]
    public void Every_number_of_equal_records([Range(0, 40)] int count) => Check(Enumerable.Repeat(1300, count), new Random(count));

    [Test]
    public void One_giant_among_dwarfs([Values(0, 1, 50, 99)] int place) =>
        Check(Enumerable.Range(0, 100).Select(i => i == place ? 300_000 : 10 + i), new Random(place));

    [Test]
    public void Lengths_that_rise_and_fall()
    {
        Check(Enumerable.Range(1, 200).Select(i => 20 * i), new Random(1));
        Check(Enumerable.Range(1, 200).Select(i => 20 * (201 - i)), new Random(2));
    }

    /// <summary>Records whole and in pieces, buffers that end anywhere, one chunk after the other.</summary>
    [Test]
    public void Lengths_at_random_whole_and_in_pieces([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        int[] mosts = [2, 70, 300, 2000, 40_000];
        var most = mosts[random.Next(mosts.Length)];
        using var hashes = new RecordHashes(isNative);
        for (var chunk = 0; chunk < 3; chunk++)
        {
            var records = new List<byte[]>();
            for (var i = random.Next(200); i > 0; i--)
            {
                var record = new byte[random.Next(1, most)];
                random.NextBytes(record);
                records.Add(record);
            }

            var buffer = new byte[1 + records.Sum(record => record.Length)];
            var at = random.Next(2);
            foreach (var record in records)
            {
                record.CopyTo(buffer, at);
                if (random.Next(5) > 0)
                {
                    hashes.Add(buffer, at, record.Length);
                    at += record.Length;
                    continue;
                }

                hashes.HashAdded(buffer);
                for (var taken = 0; taken < record.Length;)
                {
                    var piece = random.Next(record.Length - taken + 1);
                    hashes.AddPiece(record.AsSpan(taken, piece));
                    taken += piece;
                }

                hashes.EndRecord();
                at += record.Length;
            }

            hashes.HashAdded(buffer);
            CheckAgainst(records, hashes);
            hashes.Clear();
        }
    }

    [Test]
    public void What_was_cleared_leaves_nothing_behind()
    {
        using var hashes = new RecordHashes(isNative);
        hashes.Add(new byte[100], 0, 100);
        hashes.HashAdded(new byte[100]);
        hashes.AddPiece(new byte[77]);
        hashes.Clear();

        hashes.Add("\nrecord\n"u8, 1, 7);
        hashes.HashAdded("\nrecord\n"u8);
        CheckAgainst(["record\n"u8.ToArray()], hashes);
    }

    [Test]
    public void The_buffer_is_only_read()
    {
        var buffer = new byte[64 * 1024];
        new Random(8).NextBytes(buffer);
        var copy = buffer.ToArray();
        using var hashes = new RecordHashes(isNative);
        for (var i = 0; i < 64; i++) hashes.Add(buffer, i * 1000, 1000);
        hashes.HashAdded(buffer);

        Assert.That(buffer, Is.EqualTo(copy));
    }

    [Test]
    public void What_would_leave_bytes_out_is_refused()
    {
        using var hashes = new RecordHashes(isNative);
        hashes.Add(new byte[100], 10, 10);
        Assert.That(() => hashes.Add(new byte[100], 21, 10), Throws.InvalidOperationException);
        Assert.That(() => hashes.AddPiece(new byte[5]), Throws.InvalidOperationException);
        hashes.HashAdded(new byte[100]);
        hashes.AddPiece(new byte[5]);
        Assert.That(() => hashes.Add(new byte[100], 20, 10), Throws.InvalidOperationException);
    }

    [TestCase(-1, 10)]
    [TestCase(91, 10)]
    [TestCase(1, -1)]
    [TestCase(int.MaxValue, int.MaxValue)]
    public void Records_outside_the_buffer_are_refused(int start, int length)
    {
        using var hashes = new RecordHashes(isNative);
        hashes.Add(new byte[100], start, length);
        Assert.That(() => hashes.HashAdded(new byte[100]), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Nothing_is_allocated()
    {
        var buffer = new byte[300 * 900];
        using var hashes = new RecordHashes(isNative);
        Hash();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Hash();

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Hash()
        {
            for (var i = 0; i < 300; i++) hashes.Add(buffer, i * 900, 900);
            hashes.HashAdded(buffer);
            hashes.AddPiece(buffer);
            hashes.EndRecord();
            hashes.TakeContent();
        }
    }

    private void Check(IEnumerable<int> lengths, Random random)
    {
        var records = lengths.Select(length => new byte[length]).ToList();
        records.ForEach(random.NextBytes);
        var buffer = records.SelectMany(record => record).ToArray();
        using var hashes = new RecordHashes(isNative);
        var at = 0;
        foreach (var record in records)
        {
            hashes.Add(buffer, at, record.Length);
            at += record.Length;
        }

        hashes.HashAdded(buffer);
        CheckAgainst(records, hashes);
    }

    private static void CheckAgainst(List<byte[]> records, RecordHashes hashes)
    {
        var tree = new MerkleTree();
        foreach (var record in records) tree.Append(new Digest(SHA256.HashData([0x00, .. record])));
        Assert.That(hashes.Records, Is.EqualTo(records.Count));
        Assert.That(hashes.MerkleRoot(), Is.EqualTo(tree.Root()));
        Assert.That(hashes.TakeContent(), Is.EqualTo(new Digest(SHA256.HashData([.. records.SelectMany(record => record)]))));
    }
}
