using System.CommandLine;
using Sealtail.Buckets.Gcs;
using Sealtail.Posture;
using Sealtail.Verifying;

namespace Sealtail.Commands;

/// <summary><c>sealtail bucket create</c>: a new bucket, set up for evidence but not locked.</summary>
internal static class BucketCreateCommand
{
    private static readonly Argument<string> Bucket = new("BUCKET") { Description = "gs://bucket, which must not exist." };
    private static readonly Option<string> Project = new("--project") { Description = "The project that will own and pay for it: not the clusters' own, if you can.", HelpName = "ID", Required = true };
    private static readonly Option<string> Location = new("--location") { Description = "Where it lies, such as EU or europe-west3.", HelpName = "PLACE", Required = true };
    private static readonly Option<string> Retention = new("--retention") { Description = "How long objects are kept, such as 365d.", HelpName = "DURATION", Required = true };
    private static readonly Option<bool> Yes = new("--yes") { Description = "Do it without asking." };

    public static Command Create()
    {
        var config = BucketAccess.ConfigOption();
        var verb = new Verb("create", "Creates a bucket with a retention policy, uniform access and public access prevention. Prints the plan first. Does not lock.")
        {
            Examples = [("sealtail bucket create gs://acme-audit --project acme-evidence --location EU --retention 365d", "create a bucket after a look at the plan")],
        };
        verb.Add(Bucket);
        foreach (var option in new Option[] { Project, Location, Retention, Yes, config }) verb.Add(option);
        verb.SetAction((parsed, cancellationToken) => RunAsync(parsed, parsed.GetValue(config), cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? config, CancellationToken cancellationToken)
    {
        using var admin = BucketAccess.Admin(BucketAccess.Options(parsed.GetRequiredValue(Bucket), config));
        var plan = new BucketPlan(admin.Bucket, parsed.GetRequiredValue(Project), parsed.GetRequiredValue(Location), BucketCheckCommand.ReadDuration(parsed.GetRequiredValue(Retention)));
        var output = parsed.InvocationConfiguration.Output;
        foreach (var line in plan.Describe()) await output.WriteLineAsync(line);
        if (!parsed.GetValue(Yes) && !Confirmation.Ask(output, "Type yes to create it: ", "yes")) throw new CommandException("Nothing was created.");
        var reply = await admin.CreateBucketAsync(plan.Project, plan.ToJson(), cancellationToken);
        if (!reply.IsSuccess) throw new CommandException($"The bucket was not created: {Shown.Text(GcsError.Parse(reply.Body).Describe(reply.Status))}", ExitCode.Inconclusive);
        await output.WriteLineAsync($"Created gs://{plan.Bucket}. Next: let an auditor look ('sealtail bucket check gs://{plan.Bucket}'), then lock it ('sealtail bucket lock gs://{plan.Bucket}').");
        return ExitCode.Done;
    }
}
