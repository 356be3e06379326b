using System.Diagnostics;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Benchmarks;

/// <summary>From the start of the process to the first object that the store has confirmed.</summary>
internal static class GcsStartBenchmark
{
    public static async Task<int> RunAsync(Options options)
    {
        using var workspace = new Workspace(options);
        await using var stand = await GcsStand.StartAsync(workspace, Retain.Memory);
        var logs = workspace["log"];
        Corpus.Make(logs, 1);
        var times = new List<double>();
        for (var run = 0; run < options.Number("runs", 20); run++)
        {
            var configuration = stand.Configure($"start-{run}", logs);
            var before = TimeProvider.System.GetUtcNow();
            using var agent = Process.Start(AgentProgram.Start(options, "run", "--once", "--config", configuration))!; // a new process, as it uses no shell
            await agent.WaitForExitAsync();
            if (agent.ExitCode != 0) throw new InvalidOperationException($"The agent ended with {agent.ExitCode}.");
            var first = stand.Bucket.Objects.Where(stored => stored.Name.StartsWith($"start-{run}/", StringComparison.Ordinal)).Min(stored => stored.TimeCreated);
            times.Add((first - before).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine($"start to first confirmed upload, by {AgentProgram.Describe(options)}: median {times[times.Count / 2]:0} ms, best {times[0]:0} ms, worst {times[^1]:0} ms of {times.Count} (goal: 150 ms)");
        return 0;
    }
}
