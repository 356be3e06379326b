using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Campaign;

/// <summary>The real program beside a log that rotates and a store that fails at random, for minutes or days: is it flat, and is everything proven at the end?</summary>
internal static class Soak
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(Options options)
    {
        var minutes = options.Number("minutes", 30);
        var seed = options.Number("seed", RandomNumberGenerator.GetInt32(int.MaxValue));
        var folder = Directory.CreateDirectory(Path.GetFullPath(options.Value("out") ?? $"soak-{seed}")).FullName;
        Console.WriteLine($"soak: {minutes} minutes, seed {seed}, in {folder}");
        await using var server = await FakeGcsServer.StartAsync(new FakeGcsOptions { Seed = seed, Md5 = false, JournalCapacity = 100 }, TimeProvider.System);
        server.Buckets.Create("audit", new BucketSettings { Retention = TimeSpan.FromDays(1), Locked = true });
        var log = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "log")).FullName, "audit.log");
        using var agent = new AgentProcess(folder, log, "max_age: 5s, max_size: 1MiB", "gs://audit/soak", "require: locked, minimum: 1d", server.Address);
        using var source = SoakSource.Start(options.Value("writer"), log, options.Number("rate", 200), minutes);
        var trouble = new SoakTrouble(new Random(seed), server.Faults, agent, TimeSpan.FromMinutes(minutes));
        var samples = new List<SoakSample>();
        agent.Start();
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) is var elapsed && elapsed.TotalMinutes < minutes)
        {
            await Task.Delay(Every, TimeProvider.System);
            trouble.Step(elapsed);
            if (await agent.SampleAsync(elapsed, trouble.Now) is { } sample) samples.Add(sample);
        }

        trouble.End();
        var written = await source.StopAsync();
        agent.Stop();
        agent.Drain();
        SoakReport.Write(folder, samples);
        return Verdict(agent.Verify(), written, samples, trouble, minutes, seed);
    }

    private static int Verdict((int ExitCode, JsonElement Report) verified, long written, List<SoakSample> samples, SoakTrouble trouble, int minutes, int seed)
    {
        var stream = verified.Report.GetProperty("streams")[0];
        var (bytes, gaps) = (stream.GetProperty("bytes").GetInt64(), stream.GetProperty("gaps").GetInt64());
        // Restarts end with the first quarter; after the second one caches and the compiler have settled.
        var late = samples.Skip(samples.Count / 2).ToList();
        var half = late.Count / 2;
        var (early, end) = (Median(late.Take(half)), Median(late.Skip(half)));
        var isFlat = end.Memory <= early.Memory * 1.1 && end.Descriptors <= early.Descriptors + 3;
        var isGood = verified.ExitCode == 0 && bytes == written && gaps == 0 && isFlat;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"SOAK {(isGood ? "ok" : "FAILED")}: {minutes} minutes, seed {seed}: {written} bytes written, {bytes} verified, {gaps} gaps, verify says {verified.Report.GetProperty("result").GetString()}; "
            + $"{trouble.Faults} store faults, {trouble.Kills} kills, {trouble.Pauses} pauses; memory {early.Memory / 1048576.0:0.0} -> {end.Memory / 1048576.0:0.0} MiB, descriptors {early.Descriptors} -> {end.Descriptors}"));
        return isGood ? 0 : 1;
    }

    private static (double Memory, double Descriptors) Median(IEnumerable<SoakSample> samples)
    {
        var list = samples.ToList();
        if (list.Count == 0) return (0, 0);
        return (list.Select(sample => (double)sample.Memory).Order().ElementAt(list.Count / 2), list.Select(sample => (double)sample.Descriptors).Order().ElementAt(list.Count / 2));
    }
}

/// <summary>What the agent was at one moment.</summary>
internal readonly record struct SoakSample(double Seconds, long Lag, long Spool, long Memory, int Descriptors, long Held, string Trouble);
