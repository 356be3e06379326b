namespace Sealtail.Benchmarks;

/// <summary>Resident memory while draining a backlog: it must not grow with the backlog, nor with one long line.</summary>
internal static class BacklogBenchmark
{
    private const int LongLineBytes = 64 << 20;

    public static int Run(Options options)
    {
        using var workspace = new Workspace(options);
        var backlog = workspace["backlog"];
        var gib = Corpus.Make(backlog, options.Number("mib", 4096)) / (double)(1 << 30);
        Show($"{gib:0.00} GiB backlog", Measured.OfCommand(AgentProgram.Command(options, "run", "--once", "--config", workspace.Configure("backlog", backlog))), "goal: under 96 MiB");

        var longLine = workspace["long-line"];
        Directory.CreateDirectory(longLine);
        using (var file = File.CreateText(Path.Combine(longLine, "audit.log")))
        {
            for (var i = 0; i < 3; i++) file.Write($"{{\"n\":{i},\"x\":\"{new string('x', LongLineBytes)}\"}}\n");
        }

        Show("three lines of 64 MiB", Measured.OfCommand(AgentProgram.Command(options, "run", "--once", "--config", workspace.Configure("long", longLine))), "goal: under 160 MiB");
        Show("verifying them", Measured.OfCommand(AgentProgram.Command(options, "verify", workspace["long-bucket"], "--key", Path.Combine(workspace["long-state"], "signing.pem.pub"))), "goal: under 160 MiB");
        return 0;
    }

    private static void Show(string what, Measured measured, string goal)
    {
        if (measured.ExitCode != 0) throw new InvalidOperationException($"The run failed: {measured}");
        Console.WriteLine($"{what}: peak resident {measured.PeakMiB:0.0} MiB, {measured.WallSeconds:0.0} s ({goal})");
    }
}
