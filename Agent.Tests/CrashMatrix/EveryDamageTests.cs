using NUnit.Framework;
using Sealtail.Spooling;
using Sealtail.Tests.Faults;

namespace Sealtail.Tests.CrashMatrix;

/// <summary>Law 3 to the end: each file of the state directory cut at every length and with every byte changed. Long: a campaign.</summary>
[Explicit]
[Category(Campaign.Category)]
internal sealed class EveryDamageTests
{
    [Test]
    public void A_file_cut_at_any_length_is_survived_or_declared() => ForEach("cut", (path, at) =>
    {
        using var file = new FileStream(path, FileMode.Open);
        file.SetLength(at);
    });

    [Test]
    public void A_file_with_any_byte_changed_is_survived_or_declared() => ForEach("changed", (path, at) =>
    {
        using var file = new FileStream(path, FileMode.Open);
        file.Position = at;
        var value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ (1 << (int)(at % 8))));
    });

    private static void ForEach(string how, Action<string, long> damage)
    {
        var cases = 0;
        Parallel.ForEach(DamageTests.StateNames.SelectMany(state => DamageTests.FilesOf(state).Select(file => (state, file))), new ParallelOptions { MaxDegreeOfParallelism = 3 }, item =>
        {
            foreach (var at in Places(DamageTests.LengthOf(item.state, item.file), item.file))
            {
                DamageTests.Survive(item.state, [(item.file, $"{how} at {at}")], path => damage(path, at));
                Interlocked.Increment(ref cases);
            }
        });
        Campaign.Tell($"{cases} states with one file {how} at one place: survived, or declared in the chain");
    }

    // Every byte of the small files. The chain file is mostly room: of it, its slots' beginnings, where the frames are, and a place in each page of the rest.
    private static IEnumerable<long> Places(long length, string file)
    {
        if (file != ChainFile.Name)
        {
            for (long at = 0; at < length; at += length > 700 ? 3 : 1) yield return at;
            yield break;
        }

        long[] slots = [ChainFile.OffsetOfHead(0), ChainFile.OffsetOfHead(1), ChainFile.OffsetOfInFlight(0), ChainFile.OffsetOfInFlight(1)];
        foreach (var slot in slots)
            for (long at = 0; at < 2600 && slot + at < length; at += at < 64 ? 1 : 37) yield return slot + at;
        for (long at = 4095; at < length; at += 16 * 4096) yield return at;
    }
}
