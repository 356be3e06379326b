using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tailing;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Tailing;

internal sealed class StartTests : TailFixture
{
    [Test]
    public void The_oldest_backup_comes_first()
    {
        foreach (var text in new[] { "one\n", "two\n", "three\n" }) Writer.Write(text).Rotate();
        Writer.Write("four\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-4. 3 0-6. 4 0-5"));
    }

    [Test]
    public void Start_live_skips_the_backups_for_good_also_when_they_are_compressed_later([Values] bool compress)
    {
        Writer.Write("one\n").Rotate();
        Writer.Write("two\n");
        Reader.Dispose();
        Reader = new ReaderHarness(Log, StartAt.Live).Drain().Cut();
        Writer.Mill(compress);
        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4"));
        Reader.Crash();
        Writer.Write("three\n").Rotate();
        Writer.Write("four\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-10. 2 0-5"));
    }

    [Test]
    public void A_log_that_is_not_there_yet_is_waited_for()
    {
        Assert.That(Reader.Drain().Ranges, Is.Empty);
        Assert.That(Reader.Tailer.Status.State, Is.EqualTo(SourceCondition.Missing));
        Assert.That(Reader.Tailer.Position, Is.Null);
        Writer.Write("one\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4"));
        Assert.That(Reader.Tailer.Position, Has.Property("File").EqualTo(1).And.Property("From").EqualTo(4).And.Property("To").EqualTo(4).And.Property("Final").False);
    }

    [Test]
    public void A_directory_that_is_not_there_yet_is_waited_for()
    {
        var path = Folder.File("later/audit.log");
        using var reader = new ReaderHarness(path);
        Assert.That(reader.Drain().Ranges, Is.Empty);
        Directory.CreateDirectory(Folder.File("later"));
        File.WriteAllText(path, "one\n");

        Assert.That(reader.Drain().Ranges, Is.EqualTo("1 0-4"));
    }

    [Test]
    public void A_path_beyond_ASCII_is_read()
    {
        Directory.CreateDirectory(Folder.File("журнал 日志 é"));
        using var writer = new LumberjackWriter(Folder.File("журнал 日志 é/audit.log"));
        writer.Write("one\n").Rotate();
        writer.Write("two\n");
        using var reader = new ReaderHarness(writer.Path);

        Assert.That(reader.Drain().Ranges, Is.EqualTo("1 0-4. 2 0-4"));
        Assert.That(reader.Tailer.Position!.Path, Is.EqualTo(writer.Path)); // two files were found
    }

    [Test]
    public void Names_that_only_look_like_backups_are_left_alone()
    {
        foreach (var name in new[] { "audit-2026-11-22T08-00-00.log", "audit-2026-13-22T08-00-00.000.log", "audit-2026-11-22T08-00-00.000.log.bz2", "audit-2026-11-22T08-00-00.000.log.gz.tmp", "xaudit-2026-11-22T08-00-00.000.log", "audit.log.1", "audit-2026-11-22t08-00-00.000.log" })
            File.WriteAllText(Folder.File(name), "not a backup\n");
        Directory.CreateDirectory(Folder.File("audit-2026-11-22T08-00-00.000.log"));
        Writer.Write("one\n");

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4"));
    }

    [Test]
    public void Permission_lost_and_regained_loses_nothing()
    {
        Writer.Write("one\n").Close();
        File.SetUnixFileMode(Log, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using (new Denied(Log))
        {
            Assert.That(Reader.Drain().Ranges, Is.Empty);
            Assert.That(Reader.Tailer.Status.State, Is.EqualTo(SourceCondition.Unreadable));
        }

        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-4"));
        Reader.Cut().Stop();
        Writer.Write("two\n");
        using (new Denied(Log)) Assert.That(Reader.Restart().Drain().Ranges, Is.EqualTo("1 0-4"), "the file of the position is there, but cannot be compared");
        Assert.That(Reader.Drain().Ranges, Is.EqualTo("1 0-8"));
        Assert.That(Reader.Tailer.Status.State, Is.EqualTo(SourceCondition.Idle));
    }

    [Test]
    public void The_state_of_a_newer_program_is_refused_and_a_senseless_one_too()
    {
        var options = Options;
        Assert.That(() => Tailer.Open(options, """{"version":2,"lastNumber":1,"files":[]}"""u8.ToArray(), TimeProvider.System, NullLogger.Instance), Throws.TypeOf<NewerStateException>());
        foreach (var state in new[] { "", "{}", "[]", """{"version":1}""", """{"version":1,"lastNumber":1,"files":[{}]}""" })
            Assert.That(() => Tailer.Open(options, System.Text.Encoding.UTF8.GetBytes(state), TimeProvider.System, NullLogger.Instance), Throws.TypeOf<FormatException>(), state);
    }

    [Test]
    public async Task A_rotation_wakes_the_wait_at_once()
    {
        var options = Options with { PollInterval = TimeSpan.FromHours(1) };
        using var tailer = Tailer.Open(options, null, TimeProvider.System, NullLogger.Instance);
        Writer.Write("one\n");
        tailer.Read();
        var waiting = tailer.WaitAsync(TimeSpan.FromHours(1), CancellationToken.None);
        Writer.Rotate();

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Test]
    public void A_cancelled_wait_ends()
    {
        using var tailer = Tailer.Open(Options with { PollInterval = TimeSpan.FromHours(1) }, null, TimeProvider.System, NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var waiting = tailer.WaitAsync(TimeSpan.FromHours(1), stop.Token);
        stop.Cancel();

        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
    }
}
