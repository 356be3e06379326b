using System.CommandLine;
using Sealtail.Buckets;
using Sealtail.Configuration;
using Sealtail.Diagnosing;
using Sealtail.Files;

namespace Sealtail.Commands;

/// <summary><c>sealtail doctor</c>: says what is wrong on a node before it hurts. It changes nothing.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var format = OutputOption.Create();
        var root = new Option<string>("--root") { Description = "Where the node's file system is, in a debugging pod.", HelpName = "DIR", DefaultValueFactory = _ => "/" };
        var offline = new Option<bool>("--offline") { Description = "Leave the bucket alone." };
        var strict = new Option<bool>("--strict") { Description = "Exit code 4 if there are warnings." };
        var verb = new Verb("doctor", "Looks at the node, kube-apiserver's audit settings and the bucket, and says what is wrong. Exit code 3 if there is a problem.")
        {
            Examples =
            [
                ("sealtail doctor", $"look at this node with {ConfigurationLoader.DefaultFile}"),
                ("sealtail doctor --config ./sealtail.yaml --output json", "the findings for a program"),
                ("sealtail doctor --root /host --config /host/etc/sealtail/sealtail.yaml --offline", "in a debugging pod that has the node's files below /host"),
            ],
        };
        foreach (var option in new Option[] { config, format, root, offline, strict }) verb.Add(option);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var configuration = ConfigurationLoader.Load(parsed.GetRequiredValue(config));
            var node = Node.Real(Path.GetFullPath(parsed.GetRequiredValue(root)), TimeProvider.System);
            var found = await LookAsync(node, configuration, parsed.GetValue(offline), cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(format) == OutputOption.Json) DoctorReport.WriteJson(found, configuration, output);
            else DoctorReport.Print(found, output);
            return ExitCodeOf(found, parsed.GetValue(strict));
        });
        return verb;
    }

    internal static int ExitCodeOf(IReadOnlyList<Diagnosis> found, bool strict) => found.Max(diagnosis => diagnosis.Severity) switch
    {
        Severity.Problem => ExitCode.Inconclusive,
        Severity.Warning when strict => ExitCode.Warnings,
        _ => ExitCode.Done,
    };

    private static async Task<IReadOnlyList<Diagnosis>> LookAsync(Node node, SealtailConfiguration configuration, bool offline, CancellationToken cancellationToken)
    {
        var doctor = new Doctor(node);
        var found = doctor.LookAtNode(configuration);
        if (offline) return [.. found, .. Doctor.CompleteBucket([Diagnosis.Unknown(CheckId.Bucket, "The bucket was not looked at (--offline).")])];
        using var bucket = Open(configuration.Bucket);
        return [.. found, .. await doctor.LookAtBucketAsync(bucket, configuration.Bucket, cancellationToken)];
    }

    private static IBucket Open(BucketOptions options)
    {
        try
        {
            return BucketFactory.Open(options, new DurableFiles(), TimeProvider.System);
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message, ExitCode.Usage, e);
        }
    }
}
