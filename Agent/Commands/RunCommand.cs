using System.CommandLine;
using Microsoft.Extensions.Logging;
using Sealtail.Configuration;
using Sealtail.Format;
using Sealtail.Hosting;

namespace Sealtail.Commands;

/// <summary><c>sealtail run</c>: ships. For ever as a service, or once as a command.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var once = new Option<bool>("--once") { Description = "Drain what is there, upload all of it, and exit. An unterminated last line stays for the next run." };
        var verb = new Verb("run", "Ships the audit log: seals it into signed chunks and uploads them, from where it left off.")
        {
            Examples =
            [
                ("sealtail run --config /etc/sealtail/sealtail.yaml", "follow the log until stopped"),
                ("sealtail run --config config/samples/sealtail.yaml --once", "ship the recorded sample log of a checkout"),
            ],
        };
        verb.Add(config);
        verb.Add(once);
        verb.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetRequiredValue(config), parsed.GetValue(once), parsed.InvocationConfiguration.Output, cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(string file, bool once, TextWriter output, CancellationToken cancellationToken)
    {
        var configuration = ConfigurationLoader.Load(file);
        foreach (var warning in configuration.Warnings) await Console.Error.WriteLineAsync($"sealtail: warning: {Quoted.Lines(warning)}");

        // Someone who waits for the end sees progress and then the summary; the log shows only what is wrong.
        using var agent = Build(configuration, once);
        if (!once)
        {
            await agent.RunAsync(cancellationToken);
            return ExitCode.Done;
        }

        await RunProgress.ShowAsync(agent, agent.RunAsync(cancellationToken));
        RunSummary.Print(agent, configuration.Bucket.Location, output);
        RequireLogs(agent);
        return ExitCode.Done;
    }

    // Nothing shipped because nothing could be looked at is no success.
    private static void RequireLogs(AgentHost agent)
    {
        foreach (var input in agent.Inputs)
        {
            if (input.Source.State == SourceCondition.Unreadable)
                throw new CommandException($"The log {input.LogPath} cannot be read. Let this user read the file and search its directory, or run as root with only CAP_DAC_READ_SEARCH.");
            if (input.Source.State == SourceCondition.Missing && !input.HasPosition)
                throw new CommandException($"The log {input.LogPath} does not exist. Check the path in the configuration against kube-apiserver's --audit-log-path.");
        }
    }

    private static AgentHost Build(SealtailConfiguration configuration, bool once)
    {
        try
        {
            return AgentHost.Build(configuration, once ? RunMode.Once : RunMode.Follow, once ? LogLevel.Warning : LogLevel.Trace);
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message, ExitCode.Usage, e);
        }
    }
}
