using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Tailing;

/// <summary>The rules by which ranges and gaps of one lineage must join (docs/format.md, "Source ranges"), written from the page and not from the reader's code.</summary>
internal sealed class Tiling
{
    private readonly Dictionary<long, (long To, bool Final)> files = [];
    private readonly List<Gap> gaps = [];
    private long? last;

    public void Declare(Gap gap) => gaps.Add(gap);

    public void Add(SourceRange range)
    {
        if (last is { } before)
        {
            if (range.File == before) GoOn(range);
            else Follow(range, before);
        }

        Assert.That(range.Fingerprint.Bytes, Is.GreaterThanOrEqualTo(Math.Min(Fingerprint.MaxBytes, range.To)), "the fingerprint covers what was taken");
        files[range.File] = (range.To, range.Final);
        last = range.File;
    }

    private void GoOn(SourceRange range)
    {
        Assert.That(files[range.File].Final, Is.False, $"file {range.File} was final");
        Assert.That(range.From, Is.EqualTo(Reached(range.File)), $"file {range.File} goes on where it stopped");
    }

    private void Follow(SourceRange range, long before)
    {
        Assert.That(range.File, Is.GreaterThan(before), "numbers grow in reading order");
        for (var skipped = before + 1; skipped < range.File; skipped++)
            Assert.That(gaps.Exists(gap => gap.File == skipped && gap.From == 0 && gap.To is null), $"file {skipped} is declared lost");
        if (range.Continues is { } earlier)
        {
            Continue(range, earlier);
            return;
        }

        Assert.That(range.From, Is.EqualTo(Reached(range.File)), $"file {range.File} begins at 0, or behind what is declared lost");
        // A file that was interrupted and is not returned to cannot be passed over in silence either.
        Assert.That(files[before].Final || gaps.Exists(gap => gap.File == before && gap.To is null && gap.From <= files[before].To), $"file {before} ended at {files[before].To} before file {range.File}");
    }

    // Where a file was taken to, moved past what is declared lost directly behind.
    private long Reached(long file)
    {
        var to = files.TryGetValue(file, out var range) ? range.To : 0;
        return gaps.Find(gap => gap.File == file && gap.From == to && gap.To is not null && gap.Cause != GapCause.SourceRolledBack)?.To ?? to;
    }

    private void Continue(SourceRange range, long earlier)
    {
        Assert.That(files, Contains.Key(earlier));
        if (range.From == files[earlier].To) return;
        Assert.That(range.From, Is.LessThan(files[earlier].To));
        Assert.That(gaps.Exists(gap => gap.Cause == GapCause.SourceRolledBack && gap.File == earlier && gap.From == range.From && gap.To == files[earlier].To),
            $"file {range.File} goes back to {range.From} of file {earlier}");
    }
}
