using System.Diagnostics;

namespace Sealtail.Benchmarks;

/// <summary>CPU of an agent that follows a log nobody writes to.</summary>
internal static class IdleBenchmark
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(10);

    public static int Run(Options options)
    {
        using var workspace = new Workspace(options);
        var logs = workspace["log"];
        Corpus.Make(logs, 1);
        using var agent = Process.Start(AgentProgram.Start(options, "run", "--config", workspace.Configure("idle", logs)))!; // a new process, as it uses no shell
        Task.Delay(Settle, TimeProvider.System).Wait();
        agent.Refresh();
        var before = agent.TotalProcessorTime;
        var seconds = options.Number("seconds", 60);
        Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System).Wait();
        agent.Refresh();
        var share = (agent.TotalProcessorTime - before).TotalSeconds / seconds;
        Console.WriteLine($"idle: {share:P2} of a core over {seconds} s (goal: below 1 %), resident {agent.WorkingSet64 / 1048576.0:0.0} MiB");
        agent.Kill();
        agent.WaitForExit();
        return 0;
    }
}
