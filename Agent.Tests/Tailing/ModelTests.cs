using System.Text;
using NUnit.Framework;
using Sealtail.Tailing;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Tailing;

/// <summary>Random lives of a log and of its reader against what was really written: nothing lost, nothing doubled, or it says so.</summary>
internal sealed class ModelTests
{
    private const int Lives = 30;

    [Test]
    public void Every_byte_is_read_once_through_rotations_late_writers_crashes_and_restarts([Range(0, 4)] int batch) => Live(batch, mayDelete: false);

    [Test]
    public void What_was_deleted_unread_is_declared_and_nothing_else_is_lost([Range(0, 2)] int batch) => Live(batch, mayDelete: true);

    private static void Live(int batch, bool mayDelete)
    {
        var first = TestContext.CurrentContext.Random.Next();
        for (var life = 0; life < Lives; life++)
        {
            var seed = first + life * 7919 + batch;
            TestContext.Out.WriteLine($"seed {seed}");
            using var folder = new TempFolder("model");
            using var model = new LogModel(new Random(seed), folder, mayDelete);
            model.Live(80);
            model.Check(seed);
        }
    }
}

/// <summary>One life: a writer as kube-apiserver's, a reader that is cut, abandoned, crashed and stopped, and the bytes of every file.</summary>
internal sealed class LogModel : IDisposable
{
    private readonly Random random;
    private readonly bool mayDelete;
    private readonly LumberjackWriter writer;
    private readonly ReaderHarness reader;
    private readonly List<StringBuilder> files = [new()];
    private readonly StringBuilder story = new();
    private string? lastBackup;
    private bool isRunning = true;
    private bool wasDeleted;
    private int written;

    public LogModel(Random random, TempFolder folder, bool mayDelete)
    {
        (this.random, this.mayDelete) = (random, mayDelete);
        writer = new LumberjackWriter(folder.File("audit.log"));
        reader = new ReaderHarness(new TailOptions { Path = writer.Path, PollInterval = random.Next(4) == 0 ? TimeSpan.Zero : TimeSpan.FromHours(1) }, hasLookout: random.Next(3) == 0);
    }

    public void Live(int steps)
    {
        for (var i = 0; i < steps; i++) Act();
        if (!isRunning) reader.Restart();
        reader.Drain();
        Rotate();
        reader.Drain();
        Rotate();
        reader.Drain().Cut();
    }

    public void Check(int seed)
    {
        var because = $"seed {seed}: {story}\n{reader.Ranges}";
        var read = Read();
        var expected = files.Select(file => file.ToString()).Where(text => text.Length > 0).ToList();
        try
        {
            reader.CheckTiling();
        }
        catch (AssertionException e)
        {
            throw new AssertionException($"{e.Message}\n{because}");
        }

        if (!wasDeleted)
        {
            Assert.That(read, Is.EqualTo(expected), because);
            Assert.That(reader.Gaps, Is.Empty, because);
            return;
        }

        Assert.That(read.Distinct().Count(), Is.EqualTo(read.Count), because);
        Assert.That(read, Is.All.Matches<string>(text => expected.Exists(file => file.StartsWith(text!, StringComparison.Ordinal))), because);
        // Behind the one found before: of a lost file perhaps only a few bytes were read, as all lines begin with.
        var found = -1;
        var indexes = read.ConvertAll(text => found = expected.FindIndex(found + 1, file => file.StartsWith(text, StringComparison.Ordinal)));
        Assert.That(indexes, Has.No.Member(-1), because);
        Assert.That(indexes, Is.Ordered.And.Unique, because);
        Assert.That(OnDisk().Where(text => text.Length > 0), Is.SubsetOf(read), because);
        // What was deleted before anything was ever read is not missed.
        var isComplete = read.SequenceEqual(expected.Skip(indexes.DefaultIfEmpty(expected.Count).First()));
        if (!isComplete) Assert.That(reader.Gaps, Is.Not.Empty, because);
    }

    public void Dispose()
    {
        reader.Dispose();
        writer.Dispose();
    }

    private void Act()
    {
        switch (random.Next(mayDelete ? 15 : 14))
        {
            case 0 or 1 or 2:
                Write(Line());
                break;
            case 3:
                Write(string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Line())));
                break;
            case 4:
                Write(Line()[..^1]);
                break;
            case 5:
                Rotate();
                break;
            case 6:
                Rotate();
                Write(Line());
                Rotate();
                break;
            case 7:
                Tell("mill");
                writer.Mill(compress: true);
                if (lastBackup is not null && !File.Exists(lastBackup)) lastBackup = null;
                break;
            case 8:
                WriteLate();
                break;
            case 9 when isRunning:
                Tell("take");
                reader.MostAtOnce = random.Next(3) == 0 ? random.Next(1, 50) : int.MaxValue;
                for (var i = random.Next(20); i > 0; i--) reader.TakeOne();
                break;
            case 10 when isRunning:
                Tell("drain");
                reader.Drain();
                break;
            case 11 when isRunning:
                Tell("cut");
                reader.Cut();
                break;
            case 12 when isRunning:
                Tell("abandon");
                reader.Abandon();
                break;
            case 13:
                Tell(isRunning ? "stop" : "start");
                if (isRunning) reader.Stop();
                else reader.Restart();
                isRunning = !isRunning;
                break;
            case 14:
                Tell("delete");
                var backups = writer.Backups;
                if (backups.Count == 0) break;
                File.Delete(backups[0]);
                wasDeleted = true;
                if (backups[0] == lastBackup) lastBackup = null;
                break;
        }
    }

    private IEnumerable<string> OnDisk() => writer.Backups.Append(writer.Path).Select(path => Encoding.UTF8.GetString(
        path.EndsWith(".gz", StringComparison.Ordinal) ? LumberjackWriter.Gunzip(File.ReadAllBytes(path)) : File.ReadAllBytes(path)));

    private string Line() => $"{written++:D6}{new string((char)('a' + random.Next(26)), random.Next(60))}\n";

    private void Write(string text)
    {
        Tell($"write {text.Length}");
        writer.Write(text);
        files[^1].Append(text);
    }

    private void Rotate()
    {
        Tell("rotate");
        if (writer.Rotate() is { } backup) lastBackup = backup;
        files.Add(new StringBuilder());
    }

    private void WriteLate()
    {
        // A late write to a backup deleted before any reader saw it leaves no trace: nobody could declare it.
        if (lastBackup is null || files.Count < 2 || mayDelete) return;
        // Compressed before it is seen again, a finished empty file that grew cannot be told from another of its name: it is read as another, with the doubt.
        if (files[^2].Length == 0) return;
        Tell("late");
        var text = Line();
        File.AppendAllText(lastBackup, text);
        files[^2].Append(text);
    }

    private void Tell(string what) => story.Append(what).Append("; ");

    // The text of each physical file, in the order in which reading began them: numbers joined by what they continue.
    private List<string> Read()
    {
        var texts = new SortedDictionary<long, StringBuilder>();
        var roots = new Dictionary<long, long>();
        foreach (var taken in reader.All.Where(taken => taken.File is not null))
        {
            var number = taken.File!.Number; // filtered
            roots[number] = taken.File.Continues is { } earlier ? roots[earlier] : number;
            if (!texts.TryGetValue(roots[number], out var text)) texts[roots[number]] = text = new StringBuilder();
            text.Append(Encoding.UTF8.GetString(taken.Bytes));
        }

        return [.. texts.Values.Select(text => text.ToString()).Where(text => text.Length > 0)];
    }
}
