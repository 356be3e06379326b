using System.CommandLine;
using System.Globalization;
using Sealtail.Configuration;

namespace Sealtail.Commands;

/// <summary>A time on the command line: RFC 3339, or a date, which is its midnight in UTC.</summary>
internal static class TimeArgument
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd"];

    /// <exception cref="CommandException">The text is no time.</exception>
    public static DateTimeOffset? Read(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : throw new CommandException($"{option.Name} {Quoted.Text(text)} is not a time: write 2026-11-22T09:00:00Z, or a date.");
    }
}
