using System.IO.Compression;
using System.Text;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Verifying;

/// <summary>The small parts, each against its definition.</summary>
internal sealed class PrimitiveTests
{
    [Test]
    public void Crc32_of_the_standards_check_string() => Assert.That(default(Crc32).Append("123456789"u8).Value, Is.EqualTo(0xCBF43926));

    [Test]
    public void Crc32_in_any_pieces_is_that_of_its_definition([Range(1, 30)] int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[random.Next(1, 5000)];
        random.NextBytes(bytes);
        var crc = default(Crc32);
        for (var at = 0; at < bytes.Length;)
        {
            var count = random.Next(0, Math.Min(bytes.Length - at, 700) + 1);
            crc = crc.Append(bytes.AsSpan(at, count));
            at += count;
        }

        Assert.That(crc.Value, Is.EqualTo(Crc32ByDefinition(bytes)), $"seed {seed}");
    }

    [Test]
    public void Crc32_of_every_length_is_that_of_its_definition()
    {
        var bytes = Enumerable.Range(0, 400).Select(i => (byte)(i * 7)).ToArray();
        for (var length = 0; length <= bytes.Length; length++)
            Assert.That(default(Crc32).Append(bytes.AsSpan(0, length)).Value, Is.EqualTo(Crc32ByDefinition(bytes.AsSpan(0, length))), $"{length} bytes");
    }

    /// <summary>However the inflated bytes are cut by the buffer, the facts are those of the naive way.</summary>
    [Test]
    public void Records_of_any_lengths_are_those_of_the_naive_way([Range(1, 25)] int seed)
    {
        var random = new Random(seed);
        var plain = new MemoryStream();
        for (var i = random.Next(1, 60); i > 0; i--)
        {
            var length = random.Next(10) switch { 0 => random.Next(60_000, 140_000), 1 => 0, 2 => random.Next(260_000, 300_000), _ => random.Next(2000) };
            var line = $"{(random.Next(5) == 0 ? "" : "{")}{new string('r', length)}{(random.Next(5) == 0 ? "x" : "}")}{(random.Next(6) == 0 ? "\r" : "")}\n";
            plain.Write(Encoding.UTF8.GetBytes(line));
        }

        if (random.Next(2) == 0) plain.Write("{torn"u8);
        var bytes = plain.ToArray();
        var facts = new EntryFacts { Sealed = default, Sources = [], Gaps = [] };
        Assert.That(StreamName.TryParse("a/b/c", out var stream));
        var stored = ChainBuilderChunk.Gzip(bytes);
        facts = ChainBuilderChunk.Describe(facts, stream!, bytes, stored);

        var verdict = ChunkVerifier.Verify(new ChunkJob(null!, facts, facts.Object!, facts.Content!.Value), new DribblingStream(stored, random), CancellationToken.None);

        Assert.That(verdict.Faults, Is.Empty, $"seed {seed}");
    }

    /// <summary>.NET's inflater must not take the last byte before it needs it, nor ask for more once it ended: framing rests on it.</summary>
    [Test]
    public void A_deflate_stream_that_ends_early_or_late_by_any_number_of_bytes_shows([Values(1, 2, 3, 8, 100, 10_000)] int bytes, [Values] bool isLonger)
    {
        var plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 3000).Select(i => $"{{\"n\":{i * 7919}}}\n")));
        var gzip = ChainBuilderChunk.Gzip(plain);
        Assume.That(gzip.Length, Is.GreaterThan(bytes + 50));
        byte[] stored = isLonger ? [.. gzip[..^8], .. new byte[bytes], .. gzip[^8..]] : [.. gzip[..(gzip.Length - 8 - bytes)], .. gzip[^8..]];
        Assert.That(StreamName.TryParse("a/b/c", out var stream));
        var facts = ChainBuilderChunk.Describe(new EntryFacts { Sealed = default, Sources = [], Gaps = [] }, stream!, plain, stored);

        var verdict = ChunkVerifier.Verify(new ChunkJob(null!, facts, facts.Object!, facts.Content!.Value), new MemoryStream(stored), CancellationToken.None);

        Assert.That(verdict.Faults.Select(fault => fault.Kind.Id), Is.EqualTo(new[] { "CHUNK_FRAMING" }));
    }

    [Test]
    public void Any_compression_of_the_same_bytes_is_accepted([Values(0, 1, 6, 9)] int level)
    {
        var plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{{\"n\":{i * 7919}}}\n")));
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, new ZLibCompressionOptions { CompressionLevel = level }))
            foreach (var piece in plain.Chunk(997))
            {
                gzip.Write(piece);
                if (piece[0] % 5 == 0) gzip.Flush();
            }

        Assert.That(StreamName.TryParse("a/b/c", out var stream));
        var facts = ChainBuilderChunk.Describe(new EntryFacts { Sealed = default, Sources = [], Gaps = [] }, stream!, plain, bytes.ToArray());

        Assert.That(ChunkVerifier.Verify(new ChunkJob(null!, facts, facts.Object!, facts.Content!.Value), new MemoryStream(bytes.ToArray()), CancellationToken.None).Faults, Is.Empty);
    }

    [Test]
    public void A_set_of_times_is_that_of_its_definition([Range(1, 30)] int seed)
    {
        var random = new Random(seed);
        var set = new TimeSet();
        var isIn = new bool[101]; // the spaces between minutes
        for (var i = 0; i < 40; i++)
        {
            var (a, b) = (random.Next(100), random.Next(100));
            var range = new TimeRange(At(Math.Min(a, b)), At(Math.Max(a, b)));
            var isAdded = random.Next(3) > 0;
            if (isAdded) set.Add(range);
            else set.Remove(range);
            for (var m = Math.Min(a, b); m < Math.Max(a, b); m++) isIn[m] = isAdded;
        }

        Assert.That(set.Ranges.Zip(set.Ranges.Skip(1)).All(pair => pair.First.To < pair.Second.From || pair.First.To == pair.Second.From), $"seed {seed}");
        for (var m = 0; m < 99; m++)
            Assert.That(set.Missing(new TimeRange(At(m), At(m + 1))), isIn[m] ? Is.Empty : Has.Count.EqualTo(1), $"seed {seed}, minute {m}");

        static DateTimeOffset At(int minute) => DateTimeOffset.UnixEpoch.AddMinutes(minute);
    }

    /// <summary>Gives what it has in pieces of any size, as a network does.</summary>
    private sealed class DribblingStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, random.Next(1, 5000)));
    }

    // RFC 1952 §8, a bit at a time.
    private static uint Crc32ByDefinition(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
        }

        return ~crc;
    }
}
