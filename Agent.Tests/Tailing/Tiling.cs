using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Tailing;

/// <summary>The rules by which ranges and gaps of one lineage must join (design §3.5), written from the page and not from the reader's code.</summary>
internal sealed class Tiling
{
    private readonly Dictionary<long, (long To, bool Final)> files = [];
    private readonly List<Gap> gaps = [];
    private long? last;

    public void Declare(Gap gap) => gaps.Add(gap);

    public void Add(SourceRange range)
    {
        if (last is not { } before)
        {
            Assert.That(range.From, Is.EqualTo(0).Or.GreaterThan(0));
        }
        else if (range.File == before)
        {
            Assert.That(range.From, Is.EqualTo(files[before].To), $"file {range.File} goes on where it stopped");
            Assert.That(files[before].Final, Is.False, $"file {range.File} was final");
        }
        else
        {
            Assert.That(range.File, Is.GreaterThan(before), "numbers grow in reading order");
            for (var skipped = before + 1; skipped < range.File; skipped++)
                Assert.That(gaps.Exists(gap => gap.File == skipped && gap.From == 0), $"file {skipped} is declared lost");
            if (range.Continues is { } earlier) Continue(range, earlier);
            else Assert.That(range.From, Is.Zero, $"file {range.File} begins at 0");
            var isInterrupted = range.Continues is not null || Lineage(before).Any(number => files.ContainsKey(number) && files[number].Final);
            Assert.That(files[before].Final || gaps.Exists(gap => gap.File == before && gap.To is null && gap.From == files[before].To) || range.Continues is not null || isInterrupted,
                $"file {before} ended at {files[before].To} before file {range.File}");
        }

        Assert.That(range.Fingerprint.Bytes, Is.GreaterThanOrEqualTo(Math.Min(Fingerprint.MaxBytes, range.To)), "the fingerprint covers what was taken");
        files[range.File] = (range.To, range.Final);
        last = range.File;
    }

    private void Continue(SourceRange range, long earlier)
    {
        Assert.That(files, Contains.Key(earlier));
        if (range.From == files[earlier].To) return;
        Assert.That(range.From, Is.LessThan(files[earlier].To));
        Assert.That(gaps.Exists(gap => gap.Cause == GapCause.SourceRolledBack && gap.File == earlier && gap.From == range.From && gap.To == files[earlier].To),
            $"file {range.File} goes back to {range.From} of file {earlier}");
    }

    private static IEnumerable<long> Lineage(long number) => [number];
}
