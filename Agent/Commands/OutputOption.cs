using System.CommandLine;
using Sealtail.Configuration;

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
        option.CompletionSources.Add("human", Json);
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is var value && value is not ("human" or Json)) result.AddError($"--output must be human or json (was {Quoted.Text(value ?? "")}).");
        });
        return option;
    }
}
