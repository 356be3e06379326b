using System.Security.Cryptography;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>Every way to hash many inputs gives what .NET's SHA-256 gives. A way that this machine's processor has not is reported as ignored.</summary>
[TestFixtureSource(nameof(Paths))]
internal sealed class LeafSha256Tests(Sha256Path path)
{
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    public static IEnumerable<Sha256Path> Paths => Enum.GetValues<Sha256Path>();

    [SetUp]
    public void SkipWhatTheProcessorHasNot()
    {
        if (!LeafSha256.IsSupported(path)) Assert.Ignore($"This processor has no {path}.");
    }

    [Test]
    public void Every_length_to_three_hundred([Values(LeafPrefix, NodePrefix, (byte)0xFF)] byte prefix) => Check(prefix, Enumerable.Range(0, 301), new Random(300));

    /// <summary>Lengths about which the padding needs one block more, many of each, so that all lanes get them.</summary>
    [Test]
    public void Lengths_about_the_edges_of_blocks([Values(54, 55, 56, 62, 63, 64, 118, 119, 120, 126, 127, 128, 183, 8191)] int length) =>
        Check(LeafPrefix, Enumerable.Repeat(length, 40), new Random(length));

    [Test]
    public void Every_number_of_equal_inputs([Range(0, 40)] int count) => Check(LeafPrefix, Enumerable.Repeat(1300, count), new Random(count));

    [Test]
    public void Lengths_at_random([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        int[] mosts = [1, 70, 300, 2000, 40_000];
        var most = mosts[random.Next(mosts.Length)];
        Check((byte)random.Next(256), Enumerable.Range(0, random.Next(400)).Select(_ => random.Next(most)), random);
    }

    [Test]
    public void One_giant_among_dwarfs([Values(0, 1, 15, 16, 99)] int place) =>
        Check(LeafPrefix, Enumerable.Range(0, 100).Select(i => i == place ? 300_000 : 10 + i), new Random(place));

    [Test]
    public void Lengths_that_rise_and_fall()
    {
        Check(LeafPrefix, Enumerable.Range(0, 200).Select(i => 20 * i), new Random(1));
        Check(LeafPrefix, Enumerable.Range(0, 200).Select(i => 20 * (200 - i)), new Random(2));
    }

    [Test]
    public void Inputs_may_overlap_and_stand_in_any_order()
    {
        var random = new Random(7);
        var buffer = new byte[5000];
        random.NextBytes(buffer);
        var inputs = Enumerable.Range(0, 100).Select(_ => (Start: random.Next(1, 4000), Length: random.Next(1000))).Select(input => new Extent(input.Start, input.Length)).ToArray();

        Assert.That(HashAll(LeafPrefix, buffer, inputs), Is.EqualTo(inputs.Select(input => Expected(LeafPrefix, buffer, input))));
    }

    [Test]
    public void The_buffer_is_only_read()
    {
        var buffer = new byte[64 * 1024];
        new Random(8).NextBytes(buffer);
        var copy = buffer.ToArray();

        HashAll(LeafPrefix, buffer, [.. Enumerable.Range(0, 64).Select(i => new Extent(1 + (i * 1000), 1000))]);

        Assert.That(buffer, Is.EqualTo(copy));
    }

    [TestCase(0, 10, TestName = "No byte before the input")]
    [TestCase(-1, 10, TestName = "An input before the buffer")]
    [TestCase(91, 10, TestName = "An input beyond the buffer")]
    [TestCase(1, -1, TestName = "A negative length")]
    [TestCase(int.MaxValue, int.MaxValue, TestName = "A sum that overflows")]
    public void Inputs_outside_the_buffer_are_refused(int start, int length) =>
        Assert.That(() => HashAll(LeafPrefix, new byte[100], [new Extent(1, 10), new Extent(start, length)]), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Too_little_room_for_the_hashes_is_refused() =>
        Assert.That(() => LeafSha256.OfAll(LeafPrefix, new byte[100], new Extent[2], new Digest[1], path), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void The_way_without_OpenSSL_gives_the_same()
    {
        var buffer = new byte[9000];
        new Random(10).NextBytes(buffer);

        foreach (var length in (int[])[0, 1, 55, 64, 1300, 8999])
            Assert.That(LeafSha256.OfByNet(NodePrefix, buffer.AsSpan(1, length)), Is.EqualTo(Expected(NodePrefix, buffer, new Extent(1, length))));
    }

    [Test]
    public void Nothing_is_allocated()
    {
        var buffer = new byte[1 + (300 * 900)];
        var inputs = Enumerable.Range(0, 300).Select(i => new Extent(1 + (i * 900), 800)).ToArray();
        var hashes = new Digest[inputs.Length];
        LeafSha256.OfAll(LeafPrefix, buffer, inputs, hashes, path);

        var before = GC.GetAllocatedBytesForCurrentThread();
        LeafSha256.OfAll(LeafPrefix, buffer, inputs, hashes, path);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private void Check(byte prefix, IEnumerable<int> lengths, Random random)
    {
        var inputs = new List<Extent>();
        var at = 1;
        foreach (var length in lengths)
        {
            inputs.Add(new Extent(at, length));
            at += length;
        }

        var buffer = new byte[at];
        random.NextBytes(buffer);
        Assert.That(HashAll(prefix, buffer, [.. inputs]), Is.EqualTo(inputs.Select(input => Expected(prefix, buffer, input))));
    }

    private Digest[] HashAll(byte prefix, byte[] buffer, Extent[] inputs)
    {
        var hashes = new Digest[inputs.Length];
        LeafSha256.OfAll(prefix, buffer, inputs, hashes, path);
        return hashes;
    }

    private static Digest Expected(byte prefix, byte[] buffer, Extent input) => new(SHA256.HashData([prefix, .. buffer.AsSpan(input.Start, input.Length)]));
}
