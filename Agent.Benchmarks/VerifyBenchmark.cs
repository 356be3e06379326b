namespace Sealtail.Benchmarks;

/// <summary>
/// verify of a whole bucket, in turn with <c>zcat | sha256sum</c> over its chunks, both processes counted, and with the cost of .NET's own gunzip and SHA-256.
/// </summary>
internal static class VerifyBenchmark
{
    public static int Run(Options options)
    {
        using var workspace = new Workspace(options);
        var logs = workspace["log"];
        var gib = Corpus.Make(logs, options.Number("mib", 1024)) / (double)(1 << 30);
        var config = workspace.Configure("verify", logs);
        if (Measured.OfCommand(AgentProgram.Command(options, "run", "--once", "--config", config)).ExitCode != 0) throw new InvalidOperationException("Shipping failed.");
        var (bucket, key) = (workspace["verify-bucket"], Path.Combine(workspace["verify-state"], "signing.pem.pub"));

        Console.WriteLine($"{gib:0.00} GiB of records");
        Console.WriteLine("run   verify: wall s   CPU s/GiB   peak MiB   pure: wall s   CPU s/GiB   zcat | sha256sum: wall s   CPU s/GiB   pure CPU / verify CPU   zcat CPU / verify CPU   cores used");
        var (shares, ofShell) = (new List<double>(), new List<double>());
        for (var run = 1; run <= options.Number("runs", 3); run++)
        {
            var verify = Measured.OfCommand(AgentProgram.Command(options, "verify", bucket, "--key", key));
            var pure = Measured.Of(Measured.Self, "pure-verify", bucket);
            var shell = Measured.OfCommand(["bash", "-c", $"set -o pipefail; find '{bucket}' -name '*.ndjson.gz' -print0 | sort -z | xargs -0 zcat | sha256sum >/dev/null"]);
            if (verify.ExitCode != 0 || pure.ExitCode != 0 || shell.ExitCode != 0) throw new InvalidOperationException($"A run failed: {verify}, {pure}, {shell}");
            ofShell.Add(shell.CpuSeconds / verify.CpuSeconds);
            shares.Add(pure.CpuSeconds / verify.CpuSeconds);
            Console.WriteLine($"{run,3}   {verify.WallSeconds,14:0.00}   {verify.CpuSeconds / gib,9:0.00}   {verify.PeakMiB,8:0.0}   {pure.WallSeconds,12:0.00}   {pure.CpuSeconds / gib,9:0.00}   {shell.WallSeconds,24:0.00}   {shell.CpuSeconds / gib,9:0.00}   {shares[^1],21:0.000}   {ofShell[^1],21:0.000}   {verify.CpuSeconds / verify.WallSeconds,10:0.00}");
        }

        Console.WriteLine($"median speed per core against pure {shares.Order().ElementAt(shares.Count / 2):0.000}, against zcat | sha256sum {ofShell.Order().ElementAt(ofShell.Count / 2):0.000} (goal: at least 0.8)");
        return 0;
    }
}
