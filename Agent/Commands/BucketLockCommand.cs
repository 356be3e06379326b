using System.CommandLine;
using System.Text.Json;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.Posture;
using Sealtail.Verifying;

namespace Sealtail.Commands;

/// <summary><c>sealtail bucket lock</c>: locks a retention policy for ever, after the bucket's name was typed back.</summary>
internal static class BucketLockCommand
{
    private static readonly Argument<string> Bucket = new("BUCKET") { Description = "gs://bucket." };
    private static readonly Option<string?> YesLock = new("--yes-lock") { Description = "The bucket's name again, in place of typing it.", HelpName = "BUCKET" };

    public static Command Create()
    {
        var config = BucketAccess.ConfigOption();
        var verb = new Verb("lock", "Locks a bucket's retention policy. Prints the plan first and asks for the bucket's name: nothing undoes a lock.")
        {
            Examples = [("sealtail bucket lock gs://acme-audit", "lock the policy after typing acme-audit")],
        };
        verb.Add(Bucket);
        foreach (var option in new Option[] { YesLock, config }) verb.Add(option);
        verb.SetAction((parsed, cancellationToken) => RunAsync(parsed, parsed.GetValue(config), cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string? config, CancellationToken cancellationToken)
    {
        using var admin = BucketAccess.Admin(BucketAccess.Options(parsed.GetRequiredValue(Bucket), config));
        var output = parsed.InvocationConfiguration.Output;
        var policy = await LookAsync(admin, cancellationToken);
        if (policy.Seconds is not { } seconds) throw new CommandException($"gs://{admin.Bucket} has no retention policy to lock. Set one first.");
        var period = Durations.Print(TimeSpan.FromSeconds(seconds));
        if (policy.IsLocked)
        {
            await output.WriteLineAsync($"gs://{admin.Bucket} is locked already, with a retention policy of {period}.");
            return ExitCode.Done;
        }

        await output.WriteLineAsync($"Lock the retention policy of gs://{admin.Bucket}, {period}, for ever:");
        await output.WriteLineAsync("  nobody, you included, can shorten or remove it any more; it can only be lengthened");
        await output.WriteLineAsync($"  no object can be deleted or replaced before it is {period} old, and all of them are paid for until then");
        await output.WriteLineAsync("  the bucket cannot be deleted while it holds such objects");
        if (parsed.GetValue(YesLock) is { } named)
        {
            if (named != admin.Bucket) throw new CommandException($"--yes-lock names another bucket than {admin.Bucket}. Nothing was locked.");
        }
        else if (!Confirmation.Ask(output, "Type the bucket's name to lock it: ", admin.Bucket))
        {
            throw new CommandException("That was not the bucket's name. Nothing was locked.");
        }

        // The condition names the policy that was shown: one that changed meanwhile is not locked.
        var reply = await admin.SendAsync(HttpMethod.Post, $"/lockRetentionPolicy?ifMetagenerationMatch={policy.Metageneration}", null, cancellationToken);
        if (reply.Status == 412) throw new CommandException("The bucket was changed since the plan was printed. Nothing was locked; look again.", ExitCode.Inconclusive);
        if (!reply.IsSuccess) throw new CommandException($"The policy was not locked: {Shown.Text(GcsError.Parse(reply.Body).Describe(reply.Status))}", ExitCode.Inconclusive);
        var after = await LookAsync(admin, cancellationToken);
        if (!after.IsLocked) throw new CommandException("The store took the request, and does not show the lock. Look again: sealtail bucket check.", ExitCode.Inconclusive);
        await output.WriteLineAsync($"Locked: gs://{admin.Bucket} keeps every object for {period}.");
        return ExitCode.Done;
    }

    private static async Task<BucketPolicy> LookAsync(GcsAdmin admin, CancellationToken cancellationToken)
    {
        var reply = await admin.SendAsync(HttpMethod.Get, "?projection=noAcl", null, cancellationToken);
        if (!reply.IsSuccess) throw new CommandException($"gs://{admin.Bucket} cannot be looked at: {Shown.Text(GcsError.Parse(reply.Body).Describe(reply.Status))}", ExitCode.Inconclusive);
        try
        {
            return BucketPolicy.Parse(reply.Body);
        }
        catch (JsonException e)
        {
            throw new CommandException($"gs://{admin.Bucket} sent a reply that cannot be read: {e.Message}", ExitCode.Inconclusive, e);
        }
    }
}
