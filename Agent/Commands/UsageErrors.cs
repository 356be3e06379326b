using System.CommandLine;
using Sealtail.Configuration;

namespace Sealtail.Commands;

/// <summary>What is wrong with a command line, with the nearest known word for one that is not known.</summary>
internal static class UsageErrors
{
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        if (parsed.Action?.ClearsParseErrors == true) return []; // --help explains, whatever else was written
        // What follows an unknown option is most likely its value, and no error of its own.
        var unmatched = parsed.UnmatchedTokens.Any(IsOption) ? parsed.UnmatchedTokens.Where(IsOption) : parsed.UnmatchedTokens;
        var unknown = unmatched.Select(token => Unknown(token, parsed.CommandResult.Command)).ToArray();
        if (unknown.Length > 0) return unknown;
        if (parsed.Errors.Count == 0) return [];
        return parsed.CommandResult.Command is { Subcommands.Count: > 0, Action: null } parent
            ? [$"Which command? {parent.Name} has: {string.Join(", ", Visible(parent.Subcommands).Select(command => command.Name))}."]
            : [.. parsed.Errors.Select(error => Quoted.Lines(error.Message)).Distinct()];
    }

    public static int Print(IReadOnlyList<string> errors, ParseResult parsed, TextWriter error)
    {
        foreach (var line in errors) error.WriteLine($"sealtail: {line}");
        error.WriteLine($"Run '{string.Join(' ', PathOf(parsed.CommandResult.Command))} --help' for usage and examples.");
        return ExitCode.Usage;
    }

    private static string Unknown(string token, Command command)
    {
        var isOption = IsOption(token);
        var name = token.Split('=', 2)[0];
        var known = isOption
            ? Lineage(command).SelectMany(owner => owner.Options.Where(option => owner == command || option.Recursive)).Where(option => !option.Hidden).Select(option => option.Name)
            : Visible(command.Subcommands).Select(child => child.Name);
        var what = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return $"Unknown {what} {Quoted.Text(name)}{(NearestName.Of(name, known) is { } near ? $", did you mean {near}?" : ".")}";
    }

    private static bool IsOption(string token) => token.StartsWith('-');

    private static IEnumerable<Command> Visible(IEnumerable<Command> commands) => commands.Where(command => !command.Hidden);

    private static IEnumerable<Command> Lineage(Command command)
    {
        yield return command;
        foreach (var parent in command.Parents.OfType<Command>())
            foreach (var ancestor in Lineage(parent))
                yield return ancestor;
    }

    private static IEnumerable<string> PathOf(Command command) =>
        Lineage(command).Reverse().Select(ancestor => ancestor is RootCommand ? Observability.AgentVersion.Name : ancestor.Name);
}
