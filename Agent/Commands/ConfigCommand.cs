using System.CommandLine;
using Sealtail.Configuration;

namespace Sealtail.Commands;

/// <summary><c>sealtail config check|show|schema</c>.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        config.Recursive = true;
        var verb = new Verb("config", "Checks, explains and describes the configuration.")
        {
            Examples =
            [
                ("sealtail config check --config sealtail.yaml", "list everything that is wrong with a file, with line and column"),
                ("sealtail config show --config sealtail.yaml", "see every effective value and where it came from"),
                ("sealtail config schema > sealtail.schema.json", "let an editor check and complete the file"),
            ],
        };
        verb.Add(config);
        verb.Add(Check(config));
        verb.Add(Show(config));
        verb.Add(Schema());
        return verb;

        Command Check(Option<string> file)
        {
            var check = new Verb("check", "Reads the configuration and says 'ok', or lists all of its errors (exit code 2).")
            {
                Examples =
                [
                    ("sealtail config check", $"check {ConfigurationLoader.DefaultFile}"),
                    ("sealtail config check --config ./sealtail.yaml --output json", "check another file, for a program"),
                ],
            };
            var format = OutputOption.Create();
            check.Add(format);
            check.SetAction(parsed => ConfigCheck.Run(parsed.GetRequiredValue(file), parsed.GetValue(format) == OutputOption.Json, parsed.InvocationConfiguration));
            return check;
        }

        Command Show(Option<string> file)
        {
            var show = new Verb("show", "Prints every effective value, and where it came from, as a configuration file.")
            {
                Examples =
                [
                    ("sealtail config show", $"show {ConfigurationLoader.DefaultFile} with its defaults"),
                    ("sealtail config show --config ./sealtail.yaml --output json", "the same for a program"),
                ],
            };
            var format = OutputOption.Create();
            show.Add(format);
            show.SetAction(parsed => Print(ConfigurationLoader.Load(parsed.GetRequiredValue(file)), parsed.GetValue(format) == OutputOption.Json, parsed.InvocationConfiguration.Output));
            return show;
        }

        Command Schema()
        {
            var schema = new Verb("schema", "Prints the JSON Schema (draft 2020-12) of the configuration file. It reads no file.")
            {
                Examples = [("sealtail config schema > sealtail.schema.json", "for an editor: # yaml-language-server: $schema=sealtail.schema.json")],
            };
            schema.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(ConfigurationSchema.Text()));
            return schema;
        }
    }

    private static int Print(SealtailConfiguration configuration, bool json, TextWriter output)
    {
        output.WriteLine(json ? EffectiveJson.Text(configuration) : EffectiveYaml.Text(configuration));
        return ExitCode.Done;
    }
}
