using System.Runtime.InteropServices;
using System.Text;
using Sealtail.Format;
using Sealtail.Tailing;
using Sealtail.Tests.Tailing;

namespace Sealtail.Tests.Faults;

/// <summary>One life of a log and of its reader, step by step, and the laws that hold at its end. Everything runs on one thread.</summary>
internal sealed partial class TailLife : IDisposable
{
    private const uint Nobody = 65534;

    private readonly TempFolder folder = new("life");
    private readonly string logs;
    private readonly SourceModel source;
    private readonly ReaderHarness reader;
    private bool isRunning = true;
    private bool isHidden;

    public TailLife(TimeSpan pollInterval)
    {
        logs = Directory.CreateDirectory(folder["log"]).FullName;
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        source = new SourceModel(logs);
        reader = new ReaderHarness(new TailOptions { Path = source.Live, PollInterval = pollInterval });
    }

    /// <exception cref="Exception">A law was broken.</exception>
    public static void Run(TailOp[] ops, TimeSpan pollInterval)
    {
        using var life = new TailLife(pollInterval);
        foreach (var op in ops) life.Act(op);
        life.End();
        new TailLaws(life.source.Files, life.reader).Check();
    }

    public void Dispose()
    {
        Hide(false);
        if (isRunning) reader.Dispose();
        source.Dispose();
        folder.Dispose();
    }

    private void Act(TailOp op)
    {
        switch (op.Act)
        {
            case TailAct.Hide: Hide(true); break;
            case TailAct.Show: Hide(false); break;
            case TailAct.Start when !isRunning: Start(); break;
            case TailAct.Take when isRunning: Take(op.Size); break;
            case TailAct.Drain when isRunning: Drain(); break;
            case TailAct.Cut when isRunning: AsReader(() => reader.Cut()); break;
            case TailAct.Abandon when isRunning: AsReader(() => reader.Abandon()); break;
            case TailAct.Stop when isRunning: AsReader(() => reader.Cut()); Kill(); break;
            case TailAct.Crash when isRunning: Kill(); break;
            case TailAct.Start or TailAct.Take or TailAct.Drain or TailAct.Cut or TailAct.Abandon or TailAct.Stop or TailAct.Crash: break;
            default: source.Act(op); break;
        }
    }

    // Everything that is still there gets its chance to be read.
    private void End()
    {
        Hide(false);
        if (!isRunning) Start();
        Drain();
        for (var i = 0; i < 2; i++)
        {
            source.Act(new TailOp(TailAct.Write, 0));
            source.Rotate();
            Drain();
        }

        reader.Cut();
    }

    private void Start()
    {
        isRunning = true;
        AsReader(() => reader.Restart());
    }

    private void Kill()
    {
        isRunning = false;
        reader.Stop();
        source.ReaderGone(remembers: reader.Durable.Count > 0);
    }

    private void Take(int size)
    {
        reader.MostAtOnce = size % 3 == 0 ? 1 + size : int.MaxValue;
        AsReader(() =>
        {
            for (var i = size % 20; i > 0; i--) reader.TakeOne();
        });
        reader.MostAtOnce = int.MaxValue;
    }

    private void Drain()
    {
        AsReader(() => reader.Drain());
        if (!isHidden) source.Looked();
    }

    private void Hide(bool hidden)
    {
        if (isHidden == hidden) return;
        isHidden = hidden;
        File.SetUnixFileMode(logs, hidden ? UnixFileMode.None : (UnixFileMode)0b111_101_101);
    }

    // Root may look into everything; while the log is hidden, this thread looks as somebody who may not.
    private void AsReader(Action action)
    {
        var isRoot = isHidden && Environment.UserName == "root";
        if (isRoot) _ = SetFileSystemUser(Nobody); // returns who it was before
        try
        {
            action();
        }
        finally
        {
            if (isRoot) _ = SetFileSystemUser(0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(uint user);
}
