using System.CommandLine;
using Sealtail.Configuration;

namespace Sealtail.Commands;

/// <summary><c>--config FILE</c>, the same for every verb that takes it.</summary>
internal static class ConfigOption
{
    public static Option<string> Create() => new("--config", "-c")
    {
        Description = "The configuration file.",
        HelpName = "FILE",
        DefaultValueFactory = _ => ConfigurationLoader.DefaultFile,
    };
}
