using System.CommandLine;
using Sealtail.Verifying;

namespace Sealtail.Commands;

/// <summary>A pattern of streams on the command line.</summary>
internal static class StreamArgument
{
    /// <summary>Null: none was given.</summary>
    /// <exception cref="CommandException">The text is no pattern.</exception>
    public static StreamGlob? Read(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } text ? Parse(text, option.Name) : null;

    /// <exception cref="CommandException">The text, which stands at <paramref name="place"/>, is no pattern.</exception>
    public static StreamGlob Parse(string text, string place)
    {
        try
        {
            return StreamGlob.Parse(text);
        }
        catch (FormatException e)
        {
            throw new CommandException($"{place}: {e.Message}", ExitCode.Usage, e);
        }
    }
}
