using Sealtail.Format;
using Sealtail.Hosting;

namespace Sealtail.Commands;

/// <summary>What a draining run leaves its caller with: what was shipped, where, under which key, and what to type next.</summary>
internal static class RunSummary
{
    public static void Print(AgentHost agent, string bucket, TextWriter output)
    {
        foreach (var input in agent.Inputs)
        {
            var counters = input.Counters;
            output.WriteLine($"Stream   {input.Stream}");
            output.WriteLine(counters.Manifests == 0
                ? "Shipped  nothing new"
                : $"Shipped  {Count(counters.Records, "record")}, {Size.Text(counters.Bytes)} as {Size.Text(counters.ObjectBytes)} in {Count(counters.Chunks, "chunk")}{Epoch(counters.Epoch)}");
            if (counters.Gaps > 0) output.WriteLine($"Gaps     {counters.Gaps:N0} declared and signed: bytes that were gone before they could be read");
            if (input.Source is { State: SourceCondition.Idle, Pending: > 0 } source)
                output.WriteLine($"Waiting  {source.Pending:N0} bytes of a last line without its end stay for the next run");
            output.WriteLine($"Bucket   {bucket}");
            output.WriteLine($"Key      {input.KeyId} ({input.KeyPath}.pub)");
            output.WriteLine();
        }

        if (!agent.Inputs.Any(input => input.HasPosition)) return; // nothing was ever read: there is nothing to check
        output.WriteLine("Now check it, as an auditor would:");
        output.WriteLine($"  {Invocation()} verify {Shell(Near(bucket))}{string.Concat(agent.Inputs.Select(input => input.KeyPath).Distinct().Select(path => $" --key {Shell(Near(path + ".pub"))}"))}");
    }

    // What lies below the working directory, as one would type it there.
    private static string Near(string path) =>
        Path.IsPathRooted(path) && Path.GetRelativePath(Environment.CurrentDirectory, path) is var near && !near.StartsWith("..", StringComparison.Ordinal) ? near : path;

    private static string Count(long number, string what) => $"{number:N0} {what}{(number == 1 ? "" : "s")}";

    private static string Epoch(long epoch) => epoch > 0 ? $", epoch {epoch}" : "";

    // The program as it can be typed here: by its name if the shell finds it, else by its path.
    private static string Invocation()
    {
        if (Environment.ProcessPath is not { } path) return "sealtail";
        var name = Path.GetFileName(path);
        if (name == "dotnet") return $"dotnet {Shell(Environment.GetCommandLineArgs()[0])}";
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => folder == Path.GetDirectoryName(path));
        return onPath ? name : Shell(Path.GetRelativePath(Environment.CurrentDirectory, path));
    }

    private static string Shell(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || "._-/:@".Contains(c, StringComparison.Ordinal)) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
