using System.Runtime.InteropServices;

namespace Sealtail.FakeGcs;

/// <summary>The stand-in as a process of its own, for people and benchmarks. Named so that the agent's <c>Program</c> stays the only one.</summary>
internal static class FakeGcsProgram
{
    private static async Task<int> Main(string[] args)
    {
        if (!CommandLine.TryParse(args, out var line, out var complaint))
        {
            await Console.Error.WriteLineAsync($"{complaint}{Environment.NewLine}{CommandLine.Usage}");
            return 2;
        }

        if (line.Help)
        {
            Console.WriteLine(CommandLine.Usage);
            return 0;
        }

        var stopped = new TaskCompletionSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await using var server = await FakeGcsServer.StartAsync(line.Options, TimeProvider.System);
            Prepare(server, line);
            await stopped.Task;
            return 0;
        }
        catch (IOException fault)
        {
            await Console.Error.WriteLineAsync($"Cannot start: {fault.Message}");
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopped.TrySetResult();
        }
    }

    private static void Prepare(FakeGcsServer server, CommandLine line)
    {
        foreach (var bucket in line.Buckets)
            server.Buckets.Create(bucket, line.Settings);

        var address = server.Address.ToString().TrimEnd('/');
        Console.WriteLine($"FakeGcs listens on {address}");
        Console.WriteLine($"Buckets: {(line.Buckets.Count > 0 ? string.Join(", ", line.Buckets) : "none; create one with POST /storage/v1/b")}");
        Console.WriteLine($"Point sealtail at it: STORAGE_EMULATOR_HOST={address}");
    }
}
