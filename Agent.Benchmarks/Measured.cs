using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Sealtail.Benchmarks;

/// <summary>What one whole process cost, by the kernel's own account of it.</summary>
internal readonly partial record struct Measured(int ExitCode, double WallSeconds, double CpuSeconds, double PeakMiB)
{
    private const int Children = -1;

    public static string Self => Path.Combine(AppContext.BaseDirectory, "Agent.Benchmarks.dll");

    public static string Agent => Path.Combine(AppContext.BaseDirectory, "sealtail.dll");

    /// <summary>Runs <c>dotnet ASSEMBLY ARGUMENTS</c> to its end.</summary>
    public static Measured Of(string assembly, params string[] arguments) => OfCommand(["dotnet", assembly, .. arguments]);

    /// <summary>Runs the command to its end. A process in between has no other child, so that the peak is this one's.</summary>
    public static Measured OfCommand(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Self, "measure", .. command]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("The measuring process did not start.");
        var last = process.StandardOutput.ReadToEnd().TrimEnd().Split('\n')[^1];
        process.WaitForExit();
        return last.Split(' ') is ["measured", var code, var wall, var cpu, var peak]
            ? new Measured(int.Parse(code), Parse(wall), Parse(cpu), Parse(peak))
            : throw new InvalidOperationException($"The measuring process said: {last}");
    }

    /// <summary>The process in between: runs the command and prints its cost as the last line.</summary>
    public static int Report(string[] command)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        process.WaitForExit();
        var wall = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        Span<long> usage = stackalloc long[18]; // struct rusage: two timevals, then ru_maxrss in KiB
        if (GetResourceUsage(Children, ref usage[0]) != 0) throw new InvalidOperationException("getrusage failed.");
        var cpu = usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"measured {process.ExitCode} {wall:0.000} {cpu:0.000} {usage[4] / 1024.0:0.0}"));
        return 0;
    }

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetResourceUsage(int who, ref long usage);
}
