using Sealtail.Hosting;
using Spectre.Console;

namespace Sealtail.Commands;

/// <summary>What a draining run has done so far, on standard error: a live line on a terminal, else a line now and then.</summary>
internal static class RunProgress
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    /// <summary>Returns when <paramref name="run"/> has ended, with its fault if it has one.</summary>
    public static Task ShowAsync(AgentHost agent, Task run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Profile.Out.IsTerminal
            ? console.Status().StartAsync(Line(agent), status => RepeatAsync(run, LiveInterval, () => status.Status(Line(agent))))
            : RepeatAsync(run, PlainInterval, () => Console.Error.WriteLine($"sealtail: {Line(agent)}"));
    }

    private static async Task RepeatAsync(Task run, TimeSpan interval, Action show)
    {
        using var timer = new PeriodicTimer(interval);
        while (await Task.WhenAny(run, timer.WaitForNextTickAsync().AsTask()) != run) show();
        await run;
    }

    private static string Line(AgentHost agent)
    {
        var counters = agent.Inputs.Select(input => input.Counters).ToArray();
        return $"Shipped {counters.Sum(c => c.Records):N0} records, {Size.Text(counters.Sum(c => c.Bytes))} in {counters.Sum(c => c.Chunks):N0} chunks; " +
            $"{Size.Text(agent.Inputs.Sum(input => input.LagBytes))} to read, {agent.Inputs.Sum(input => input.Spool.Count):N0} chunks to upload";
    }
}
