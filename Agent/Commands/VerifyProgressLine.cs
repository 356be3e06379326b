using Sealtail.Verifying;
using Spectre.Console;

namespace Sealtail.Commands;

/// <summary>How far a verification has come, as a live line on standard error where that is a terminal.</summary>
internal sealed class VerifyProgressLine
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new(); // guards latest: chunks are proven on many threads
    private VerifyProgress? latest;

    public void Take(VerifyProgress progress)
    {
        lock (gate) latest = progress;
    }

    /// <summary>Returns when <paramref name="run"/> has ended, with its result or fault.</summary>
    public Task<VerifyReport> ShowAsync(Task<VerifyReport> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Profile.Out.IsTerminal ? console.Status().StartAsync("Listing the bucket", status => RepeatAsync(run, status)) : run;
    }

    private async Task<VerifyReport> RepeatAsync(Task<VerifyReport> run, StatusContext status)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await Task.WhenAny(run, timer.WaitForNextTickAsync().AsTask()) != run) status.Status(Line());
        return await run;
    }

    private string Line()
    {
        lock (gate)
        {
            return latest is not { } progress ? "Listing the bucket"
                : $"Verifying {progress.Stream}: {progress.Manifests:N0} of {progress.ManifestsListed:N0} manifests, {progress.Chunks:N0} of {progress.ChunksListed:N0} chunks, {Size.Text(progress.Bytes)}";
        }
    }
}
