using System.CommandLine;

namespace Sealtail.Commands;

/// <summary><c>--output human|json</c>, the same for every verb that takes it.</summary>
internal static class OutputOption
{
    public const string Json = "json";

    public static Option<string> Create()
    {
        var option = new Option<string>("--output")
        {
            Description = "For people or for programs.",
            HelpName = "human|json",
            DefaultValueFactory = _ => "human",
        };
        option.AcceptOnlyFromAmong("human", Json);
        return option;
    }
}
