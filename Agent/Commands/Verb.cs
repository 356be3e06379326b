using System.CommandLine;

namespace Sealtail.Commands;

/// <summary>A command whose <c>--help</c> ends with examples.</summary>
internal sealed class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Command lines that work as they stand, each with a few words on what it does.</summary>
    public required IReadOnlyList<(string CommandLine, string Purpose)> Examples { get; init; }
}
