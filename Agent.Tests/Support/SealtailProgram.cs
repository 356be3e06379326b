using System.Diagnostics;

namespace Sealtail.Tests.Support;

/// <summary>The program that tests run as a process: the one built beside them, or the published one whose path <see cref="Variable"/> gives.</summary>
internal static class SealtailProgram
{
    public const string Variable = "SEALTAIL_PROGRAM";

    /// <summary>Null: the tests run what was built beside them.</summary>
    public static string? Published { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? Path.GetFullPath(path, Repository.Root) : null;

    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "sealtail.dll");

    /// <summary>How to start it. Nothing is redirected yet, and the environment is the tests' own.</summary>
    public static ProcessStartInfo With(params IEnumerable<string> arguments) =>
        Published is { } program ? new ProcessStartInfo(program, arguments) : new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Assembly, .. arguments]);
}
