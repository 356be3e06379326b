using Sealtail.FakeGcs.Storage;

namespace Sealtail.Benchmarks;

/// <summary>The agent draining a rotated log into Cloud Storage's stand-in, beside the pure cost of the same bytes: CPU with uploads, and memory with a backlog.</summary>
internal static class GcsShipBenchmark
{
    public static async Task<int> RunAsync(Options options)
    {
        using var workspace = new Workspace(options);
        await using var stand = await GcsStand.StartAsync(workspace, Retain.HashOnly);
        var logs = workspace["log"];
        var gib = Corpus.Make(logs, options.Number("mib", 1024)) / (double)(1 << 30);
        Console.WriteLine($"{gib:0.00} GiB of audit records to gs://, by {AgentProgram.Describe(options)}");
        Console.WriteLine("run   agent: wall s   CPU s/GiB   peak MiB   pure: CPU s/GiB   ratio");
        var ratios = new List<double>();
        for (var run = 1; run <= options.Number("runs", 3); run++)
        {
            var agent = Measured.OfCommand(AgentProgram.Command(options, "run", "--once", "--config", stand.Configure($"ship-{run}", logs)));
            var pure = Measured.Of(Measured.Self, "pure", logs, "6");
            if (agent.ExitCode != 0 || pure.ExitCode != 0) throw new InvalidOperationException($"A run failed: {agent}, {pure}");
            ratios.Add(agent.CpuSeconds / pure.CpuSeconds);
            Console.WriteLine($"{run,3}   {agent.WallSeconds,13:0.00}   {agent.CpuSeconds / gib,9:0.00}   {agent.PeakMiB,8:0.0}   {pure.CpuSeconds / gib,15:0.00}   {ratios[^1],5:0.000}");
        }

        Console.WriteLine($"median ratio {ratios.Order().ElementAt(ratios.Count / 2):0.000} (goal: at most 1.35); peak resident (goal: under 64 MiB)");
        return 0;
    }
}
