using System.CommandLine;
using System.CommandLine.Help;
using Sealtail.Observability;

namespace Sealtail.Commands;

/// <summary>The whole command line: every verb is listed here and nowhere else.</summary>
internal static class SealtailCommand
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Seals a kube-apiserver's audit log into signed, chained chunks in a write-once bucket.")
        {
            HelpName = AgentVersion.Name,
        };
        root.Add(RunCommand.Create());
        root.Add(VerifyCommand.Create());
        root.Add(ProveCommand.Create());
        root.Add(VerifyProofCommand.Create());
        root.Add(ExportCommand.Create());
        root.Add(KeygenCommand.Create());
        root.Add(ConfigCommand.Create());
        root.Add(KeysCommand.Create());
        root.Add(StatusCommand.Create());
        root.Add(DoctorCommand.Create());

        foreach (var option in root.Options)
        {
            if (option is VersionOption version) version.Action = new PrintVersion();
            if (option is HelpOption help) help.Action = new HelpWithExamples((HelpAction)help.Action!); // the library sets it
        }

        return root;
    }
}
