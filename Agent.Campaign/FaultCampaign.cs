using System.Diagnostics;
using System.Security.Cryptography;

namespace Sealtail.Campaign;

/// <summary>Runs the tests of the category FaultCampaign with one seed for all, and prints the figures that they tell.</summary>
internal static class FaultCampaign
{
    public static async Task<int> RunAsync(Options options)
    {
        var seed = options.Number("seed", RandomNumberGenerator.GetInt32(int.MaxValue));
        var report = Path.GetFullPath(options.Value("report") ?? Path.Combine(Path.GetTempPath(), $"sealtail-campaign-{seed}.txt"));
        File.WriteAllText(report, "");
        Console.WriteLine($"seed {seed}");
        var began = TimeProvider.System.GetTimestamp();
        var start = new ProcessStartInfo("dotnet", ["test", Path.Combine(Checkout.Root, "Agent.Tests"), "-c", "Release", "--filter", "TestCategory=FaultCampaign", "--", "NUnit.ExplicitMode=Relaxed", $"NUnit.RandomSeed={seed}"]);
        start.Environment["SEALTAIL_CAMPAIGN_SEED"] = $"{seed}";
        start.Environment["SEALTAIL_CAMPAIGN_REPORT"] = report;
        using var tests = Process.Start(start) ?? throw new InvalidOperationException("dotnet test did not start.");
        await tests.WaitForExitAsync();
        Console.WriteLine($"\nFault campaign {(tests.ExitCode == 0 ? "passed" : "FAILED")}: seed {seed}, {TimeProvider.System.GetElapsedTime(began).TotalMinutes:0.0} minutes on {Environment.ProcessorCount} cores");
        foreach (var line in File.ReadLines(report)) Console.WriteLine("  " + line);
        return tests.ExitCode;
    }
}
