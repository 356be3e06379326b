using System.Diagnostics;

namespace Sealtail.Benchmarks;

/// <summary>The agent that is measured: the one built beside, on the .NET runtime, or the published one that <c>--program</c> names.</summary>
internal static class AgentProgram
{
    public static string[] Command(Options options, params string[] arguments) =>
        options.Value("program") is { } program ? [Path.GetFullPath(program), .. arguments] : ["dotnet", Measured.Agent, .. arguments];

    public static ProcessStartInfo Start(Options options, params string[] arguments)
    {
        var command = Command(options, arguments);
        return new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
    }

    public static string Describe(Options options) => options.Value("program") is { } program ? Path.GetFileName(program) + " as published" : "sealtail.dll on .NET";
}
