using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>Times, hashes and checksums: one spelling per value, all else refused.</summary>
internal sealed class ScalarTests
{
    private const string Sha = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [TestCase("2026-11-22T09:00:00Z", 0)]
    [TestCase("2026-11-22T09:00:00.1Z", 1_000_000)]
    [TestCase("2026-11-22T09:00:00.000001Z", 10)]
    [TestCase("2026-11-22T09:00:00.1234567Z", 1_234_567)]
    [TestCase("2026-11-22T09:00:00.123456789Z", 1_234_567)]
    [TestCase("2026-11-22T09:00:00.999999999Z", 9_999_999)]
    public void A_time_is_read(string text, long ticks)
    {
        Assert.That(Timestamp.TryParse(text, out var time), Is.True);
        Assert.That(time, Is.EqualTo(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero).AddTicks(ticks)));
        Assert.That(time.Offset, Is.EqualTo(TimeSpan.Zero));
    }

    [TestCase("0001-01-01T00:00:00Z")]
    [TestCase("9999-12-31T23:59:59.999999999Z")]
    [TestCase("2024-02-29T00:00:00Z")]
    public void The_ends_of_the_calendar_are_times(string text) => Assert.That(Timestamp.TryParse(text, out _), Is.True);

    [TestCase(null)]
    [TestCase("")]
    [TestCase("2026-11-22")]
    [TestCase("2026-11-22T09:00:00")]
    [TestCase("2026-11-22T09:00:00z")]
    [TestCase("2026-11-22t09:00:00Z")]
    [TestCase("2026-11-22 09:00:00Z")]
    [TestCase("2026-11-22T09:00:00.Z")]
    [TestCase("2026-11-22T09:00:00,5Z")]
    [TestCase("2026-11-22T09:00:00.1234567890Z")]
    [TestCase("2026-11-22T09:00:00+00:00")]
    [TestCase("2026-11-22T09:00:00.5+00:00Z")]
    [TestCase("2026-11-22T09:00:00ZZ")]
    [TestCase("2026-11-22T09:00:00.ZZ")]
    [TestCase("2026-11-22T24:00:00Z")]
    [TestCase("2026-11-22T09:60:00Z")]
    [TestCase("2026-11-22T09:00:60Z")]
    [TestCase("2026-02-29T09:00:00Z")]
    [TestCase("2026-13-01T09:00:00Z")]
    [TestCase("2026-00-01T09:00:00Z")]
    [TestCase("0000-01-01T00:00:00Z")]
    [TestCase(" 2026-11-22T09:00:00Z")]
    [TestCase("2026-11-22T09:00:00Z ")]
    [TestCase("2026-11-22T9:00:00.0Z")]
    [TestCase("+026-11-22T09:00:00Z")]
    [TestCase("2026-11-22T09:00:0\0Z")]
    [TestCase("2026-11-22T09:00:00.5\0Z")]
    [TestCase("２026-11-22T09:00:00Z")]
    [TestCase("2026-11-22T09:00:00.٣Z")]
    public void Anything_else_is_no_time(string? text) => Assert.That(Timestamp.TryParse(text, out _), Is.False);

    [Test]
    public void A_printed_time_is_read_back() => Holds(
        ArbMap.Default.ArbFor<DateTime>(),
        time => Timestamp.Truncate(new DateTimeOffset(time.Ticks, TimeSpan.Zero)) is var value
            && Timestamp.Print(value) is { Length: 27 } text && Timestamp.TryParse(text, out var read) && read == value);

    [Test]
    public void A_time_of_another_zone_is_printed_in_UTC() =>
        Assert.That(Timestamp.Print(new DateTimeOffset(2026, 11, 22, 1, 30, 0, TimeSpan.FromHours(2))), Is.EqualTo("2026-11-21T23:30:00.000000Z"));

    [TestCase("", "AAAAAA==")]
    [TestCase("123456789", "4waSgw==")]
    [TestCase("The quick brown fox jumps over the lazy dog", "ImIEBA==")]
    public void CRC_32C_is_that_of_its_standard(string text, string crc) => Assert.That(Crc32C.Of(Encoding.ASCII.GetBytes(text)).ToString(), Is.EqualTo(crc));

    [Test]
    public void CRC_32C_does_not_depend_on_how_the_bytes_arrive() => Holds(
        ArbMap.Default.ArbFor<byte[][]>(),
        pieces => pieces.Aggregate(default(Crc32C), (crc, piece) => crc.Append(piece)) == Bitwise(pieces.SelectMany(piece => piece)));

    [Test]
    public void A_printed_CRC_32C_is_read_back() => Holds(
        ArbMap.Default.ArbFor<uint>(), value => Crc32C.TryParse(new Crc32C(value).ToString(), out var read) && read.Value == value);

    [TestCase(null)]
    [TestCase("")]
    [TestCase("AAAAAB==", Description = "bits in the tail")]
    [TestCase("AAAAAA=")]
    [TestCase("AAAAAAA=", Description = "five bytes")]
    [TestCase("AAAAAA")]
    [TestCase("AAAA AA==")]
    [TestCase("AAAAA\n==")]
    [TestCase("\tAAAA===")]
    [TestCase("-_AAAA==")]
    [TestCase("AAAAAAAA")]
    [TestCase("========")]
    public void Anything_else_is_no_CRC_32C(string? text) => Assert.That(Crc32C.TryParse(text, out _), Is.False);

    [Test]
    public void A_printed_hash_is_read_back() => Holds(
        ArbMap.Default.ArbFor<byte[]>(), bytes => Digest.Of(bytes) is var digest && Digest.TryParse(digest.ToString(), out var read) && read == digest && new Digest(read.ToArray()) == digest);

    [Test]
    public void A_hash_prints_as_every_tool_prints_it() => Assert.That(Digest.Of([]).ToString(), Is.EqualTo(Sha));

    [Test]
    public void Any_other_spelling_of_a_hash_is_refused([Values(null, "", "00", Sha + "0", " " + Sha, Sha + "\n", Sha + "\0")] string? text) => AssertNoDigest(text);

    [Test]
    public void A_hash_with_any_other_character_is_refused([Values('A', 'F', 'g', ' ', '-', '\0', '٣', '０')] char wrong, [Values(0, 31, 63)] int place) =>
        AssertNoDigest(Sha.Remove(place, 1).Insert(place, wrong.ToString()));

    private static void AssertNoDigest(string? text)
    {
        Assert.That(Digest.TryParse(text, out _), Is.False);
        Assert.That(() => Digest.Parse(text ?? ""), Throws.TypeOf<FormatException>());
    }

    // The definition, bit by bit: polynomial 0x1EDC6F41 reflected.
    private static Crc32C Bitwise(IEnumerable<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
        }

        return new Crc32C(~crc);
    }

    private static void Holds<T>(Arbitrary<T> values, Func<T, bool> law) => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(values, law));
}
