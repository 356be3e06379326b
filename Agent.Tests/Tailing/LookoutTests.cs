using System.Diagnostics;
using NUnit.Framework;
using Sealtail.Tailing;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Tailing;

/// <summary>The reader stands still, as under load or behind a slow disk, while the log rotates away.</summary>
internal sealed class LookoutTests
{
    [Test]
    public async Task Files_that_came_and_went_while_the_reader_was_busy_are_read_in_order_and_without_doubt()
    {
        using var folder = new TempFolder("lookout");
        using var writer = new LumberjackWriter(folder["audit.log"]);
        using var reader = new ReaderHarness(new TailOptions { Path = writer.Path, PollInterval = TimeSpan.FromHours(1) }, hasLookout: true);
        writer.Write("0\n");
        reader.Drain();
        Assert.That(IsHeld(writer.Path), Is.True);

        for (var i = 1; i <= 30; i++)
        {
            var backup = writer.Rotate()!; // there was a file
            await UntilAsync(() => IsHeld(writer.Path));
            writer.Write($"{i}\n");
            File.Delete(backup);
        }

        var expected = Enumerable.Range(0, 31);
        Assert.That(reader.Drain().Text, Is.EqualTo(string.Concat(expected.Select(i => $"{i}\n"))));
        Assert.That(reader.Gaps, Is.Empty);
        reader.Cut().CheckTiling();
    }

    [Test]
    public void A_lookout_that_is_not_relieved_keeps_a_bounded_number_of_descriptors()
    {
        using var folder = new TempFolder("lookout");
        using var writer = new LumberjackWriter(folder["audit.log"]);
        using var reader = new ReaderHarness(new TailOptions { Path = writer.Path, PollInterval = TimeSpan.FromHours(1) }, hasLookout: true);
        writer.Write("0\n");
        reader.Drain();
        for (var i = 1; i <= 800; i++) writer.Write($"{i}\n").Rotate();

        Assert.That(OpenIn(folder.Path), Is.LessThan(600));
        Assert.That(reader.Drain().Text, Is.EqualTo("0\n" + string.Concat(Enumerable.Range(1, 800).Select(i => $"{i}\n"))));
    }

    [Test]
    public void A_second_name_of_the_live_file_does_not_end_the_reader()
    {
        using var folder = new TempFolder("lookout");
        using var writer = new LumberjackWriter(folder["audit.log"]);
        writer.Write("one\n");
        using (var ln = Process.Start("ln", [writer.Path, folder["audit-2020-01-01T00-00-00.000.log"]])) ln.WaitForExit();
        using var reader = new ReaderHarness(new TailOptions { Path = writer.Path, PollInterval = TimeSpan.FromHours(1) }, hasLookout: true);
        for (var i = 0; i < 4; i++)
        {
            reader.Drain().Cut();
            writer.Write($"{i}\n").Rotate();
        }

        Assert.That(reader.Drain().Text, Does.StartWith("one\n").And.EndsWith("3\n"));
    }

    // By the writer, and by another. The name under which the kernel knows a descriptor's file is its name now.
    private static bool IsHeld(string path) => Open().Count(target => target == path) > 1;

    private static int OpenIn(string folder) => Open().Count(target => target.StartsWith(folder, StringComparison.Ordinal));

    private static IEnumerable<string> Open() =>
        Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(link => new FileInfo(link).LinkTarget).OfType<string>();

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition()) await Task.Delay(1, patience.Token);
    }
}
