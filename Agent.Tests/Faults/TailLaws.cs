using System.Text;
using Sealtail.Format;
using Sealtail.Tests.Tailing;

namespace Sealtail.Tests.Faults;

/// <summary>
/// What must be true of what a reader handed out, held against everything that was ever written: nothing twice, nothing changed, nothing lost but what had
/// to be, and then declared; and nothing declared lost without a cause.
/// </summary>
internal sealed class TailLaws(IReadOnlyList<SourceFile> files, ReaderHarness reader)
{
    private readonly Dictionary<long, long> roots = [];
    private readonly Dictionary<long, List<StringBuilder>> chains = []; // by root: what was read of one file; another version after each roll-back
    private readonly Dictionary<Content, (long Root, int Length)> delivered = [];

    /// <exception cref="LawException">One is broken.</exception>
    public void Check()
    {
        reader.CheckTiling();
        Collect();
        Match();
        foreach (var content in files.SelectMany(file => file.Contents)) CheckLoss(content);
        foreach (var gap in reader.Gaps) CheckCause(gap);
    }

    private void Collect()
    {
        foreach (var taken in reader.All.Where(taken => taken.File is not null))
        {
            var number = taken.File!.Number; // filtered
            var root = roots[number] = taken.File.Continues is { } earlier ? roots[earlier] : number;
            if (!chains.TryGetValue(root, out var versions)) chains[root] = versions = [new StringBuilder()];
            if (taken.From < versions[^1].Length) versions.Add(new StringBuilder(versions[^1].ToString()[..(int)taken.From]));
            if (taken.From > versions[^1].Length) versions[^1].Append(' ', (int)taken.From - versions[^1].Length); // matches nothing: the tiling allowed it
            versions[^1].Append(Encoding.ASCII.GetString(taken.Bytes));
        }
    }

    // Each version is the beginning of one file's content, and no content is handed out twice.
    private void Match()
    {
        var versions = chains.SelectMany(chain => chain.Value.Select(version => (Root: chain.Key, Text: version.ToString()))).Where(version => version.Text.Length > 0);
        foreach (var (root, text) in versions.OrderByDescending(version => version.Text.Length))
        {
            var content = files.SelectMany(file => file.Contents)
                .Where(content => !delivered.ContainsKey(content) && content.Text.StartsWith(text, StringComparison.Ordinal))
                .OrderBy(content => content.Text.Length > text.Length)
                .ThenBy(content => content.MayLose) // of equal bytes, those that had to be read
                .ThenBy(content => content.Text.Length)
                .FirstOrDefault() ?? throw Broken($"What was read as file {root} was not written, or is here a second time: {Shown(text)}");
            delivered[content] = (root, text.Length);
        }
    }

    private void CheckLoss(Content content)
    {
        if (content.Text.Length == 0) return;
        var (_, length) = delivered.GetValueOrDefault(content);
        if (length == content.Text.Length) return;
        if (!content.MayLose) throw Broken($"{content.Text.Length - length} bytes from {length} on were lost without need: {Shown(content.Text)}");
        if (length > 0 ? IsUnseenLateWrite(content, length) || IsDeclared(content.Text[..length]) : IsUnknown(content) || reader.Gaps.Any(gap => gap.To is null)) return;
        throw Broken($"{content.Text.Length - length} bytes from {length} on were lost and not declared: {Shown(content.Text)}");
    }

    // A roll-back names what was taken and is there no more (docs/format.md, "Source ranges"); what lay behind the position and was never read went with it.
    private bool IsDeclared(string read) => reader.Gaps.Any(gap =>
        gap.File is { } number && chains.TryGetValue(roots.GetValueOrDefault(number, number), out var versions) && versions.Exists(version => version.ToString() == read)
        && gap.From <= read.Length && (gap.To is null || gap.To > read.Length || (gap.Cause == GapCause.SourceRolledBack && gap.To == read.Length)));

    private static bool IsUnseenLateWrite(Content content, int length) => content.LateFrom <= length;

    // Nothing of it was ever read, and nothing that was read tells that it was there.
    private bool IsUnknown(Content content) =>
        content.IsTraceless
        || content.BeginsAsOthers // a whole fingerprint and more: after a restart nothing else tells it from those (docs, "Limits")
        || IsTakenForCompressed(content)
        || content.Next is not null // truncated before anything was read of it that is gone now
        || !files.SelectMany(file => file.Contents).TakeWhile(earlier => earlier != content).Any(delivered.ContainsKey);

    // A compressed copy has another inode than what it was made of, so that after a restart only its bytes could tell it from that one (docs, "Limits").
    private bool IsTakenForCompressed(Content content) =>
        files.Any(file => file.Path.EndsWith(".gz", StringComparison.Ordinal) && delivered.ContainsKey(file.Now) && file.Now.Text.StartsWith(content.Text, StringComparison.Ordinal));

    private void CheckCause(Gap gap)
    {
        if (gap.Cause == GapCause.ContinuityUnproven) return;
        var root = gap.File is { } number ? roots.GetValueOrDefault(number, number) : 0;
        var texts = chains.GetValueOrDefault(root, []).Select(version => version.ToString()).Where(text => text.Length > 0).ToArray();
        var isExcused = files.Where(file => file.Contents.Exists(content => content.MayLose)).SelectMany(file => file.Contents)
            .Any(content => texts.Length == 0 ? !delivered.ContainsKey(content) || content.Text.Length == 0 : texts.Any(text => content.Text.StartsWith(text, StringComparison.Ordinal)));
        if (!isExcused) throw Broken($"A gap where nothing was lost: {gap.Cause} of file {gap.File}, {gap.From} to {gap.To}: {gap.Detail}");
    }

    private LawException Broken(string what)
    {
        var story = new StringBuilder(what).Append("\nRead: ").Append(reader.Ranges);
        foreach (var file in files)
            foreach (var content in file.Contents)
                story.Append($"\n  {Path.GetFileName(file.Path)}{(file.IsLinked ? "" : " (gone)")}: {content.Text.Length} bytes{(content.MayLose ? ", may lose" : "")}{(content.IsTraceless ? ", traceless" : "")}, read {(delivered.TryGetValue(content, out var read) ? $"{read.Length} as {read.Root}" : "nothing")}");
        return new LawException(story.ToString());
    }

    private static string Shown(string text) => text.Length <= 60 ? text : $"{text[..30]}…{text[^30..]}";
}

/// <summary>A law was broken.</summary>
internal sealed class LawException(string message) : Exception(message);
