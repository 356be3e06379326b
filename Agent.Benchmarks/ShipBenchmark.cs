namespace Sealtail.Benchmarks;

/// <summary>The agent draining a rotated log into a directory bucket, in turn with the pure cost of the same bytes.</summary>
internal static class ShipBenchmark
{
    public static int Run(Options options)
    {
        using var workspace = new Workspace(options);
        var logs = workspace["log"];
        var gib = Corpus.Make(logs, options.Number("mib", 1024)) / (double)(1 << 30);
        Console.WriteLine($"{gib:0.00} GiB of audit records");
        Console.WriteLine("run   agent: wall s   CPU s/GiB   peak MiB   pure: CPU s/GiB   peak MiB   ratio");
        var ratios = new List<double>();
        for (var run = 1; run <= options.Number("runs", 3); run++)
        {
            var agent = Measured.OfCommand(AgentProgram.Command(options, "run", "--once", "--config", workspace.Configure($"ship-{run}", logs)));
            var pure = Measured.Of(Measured.Self, "pure", logs, "6");
            if (agent.ExitCode != 0 || pure.ExitCode != 0) throw new InvalidOperationException($"A run failed: {agent}, {pure}");
            ratios.Add(agent.CpuSeconds / pure.CpuSeconds);
            Console.WriteLine($"{run,3}   {agent.WallSeconds,13:0.00}   {agent.CpuSeconds / gib,9:0.00}   {agent.PeakMiB,8:0.0}   {pure.CpuSeconds / gib,15:0.00}   {pure.PeakMiB,8:0.0}   {ratios[^1],5:0.000}");
            Directory.Delete(workspace[$"ship-{run}-bucket"], recursive: true);
        }

        Console.WriteLine($"median ratio {ratios.Order().ElementAt(ratios.Count / 2):0.000} (goal: at most 1.25)");
        return 0;
    }
}
