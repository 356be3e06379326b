using System.Text.Json;
using Polly;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;

namespace Sealtail.Posture;

/// <summary>Looks at a Cloud Storage bucket as an auditor should: settings, who may do what, and whether that is audited. Changes nothing.</summary>
internal sealed class BucketCheck(GcsAdmin admin, TimeProvider time)
{
    private readonly List<PostureCheck> checks = [];
    private readonly ResiliencePipeline reading = BucketRetry.Build(new BucketRetryOptions { MaxAttempts = 4, WaitsForAdministrator = false }, time, static (_, _) => { });

    /// <param name="minimum">The retention that is wanted; null: any.</param>
    /// <param name="agent">The agent's identity, such as <c>serviceAccount:…</c>; null: not looked for.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task<PostureReport> RunAsync(TimeSpan? minimum, string? agent, CancellationToken cancellationToken)
    {
        string? project = null;
        await LookAsync("bucket", "the bucket's settings", "storage.buckets.get", token => admin.SendAsync(HttpMethod.Get, "?projection=noAcl", null, token), bucket =>
        {
            checks.AddRange(BucketRules.Judge(bucket, minimum));
            project = Json.Text(bucket, "projectNumber");
        }, cancellationToken);
        await LookAsync("bucket-iam", "the bucket's IAM policy", "storage.buckets.getIamPolicy", token => admin.SendAsync(HttpMethod.Get, "/iam?optionsRequestedPolicyVersion=3", null, token),
            policy => checks.AddRange(IamRules.Judge(policy, "bucket", agent)), cancellationToken);
        if (project is not null)
            await LookAsync("project-iam", "the project's IAM policy and audit configuration", "resourcemanager.projects.getIamPolicy", token => admin.GetProjectPolicyAsync(project, token), policy =>
            {
                checks.AddRange(IamRules.Judge(policy, "project", agent));
                checks.Add(IamRules.JudgeAuditLogs(policy));
            }, cancellationToken);
        if (agent is null)
            checks.Add(new PostureCheck("agent", PostureState.Info, "Which identity the agent has was not said: name it with --agent, or run 'sealtail drill --as-agent' as it."));
        return new PostureReport(admin.Location, time.GetUtcNow(), checks);
    }

    private async Task LookAsync(string id, string what, string permission, Func<CancellationToken, Task<GcsReply>> send, Action<JsonElement> judge, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await reading.ExecuteAsync(async token => Definite(await send(token)), cancellationToken);
            if (!reply.IsSuccess)
            {
                checks.Add(new PostureCheck(id, PostureState.Unknown, $"{what} cannot be seen: {GcsError.Parse(reply.Body).Describe(reply.Status)}", $"Look as an identity that has {permission}."));
                return;
            }

            using var document = JsonDocument.Parse(reply.Body);
            judge(document.RootElement);
        }
        catch (Exception e) when (BucketRetry.AsFault(e) is not null || e is JsonException or InvalidOperationException) // the last: a member of another kind than the API's
        {
            checks.Add(new PostureCheck(id, PostureState.Unknown, $"{what} cannot be seen: {e.Message}", "Look again later."));
        }
    }

    // Every refusal is an answer, also to who has no credential, but those that time mends.
    private static GcsReply Definite(GcsReply reply)
    {
        if (reply.IsSuccess) return reply;
        var error = GcsError.Parse(reply.Body);
        return reply.Status != 401 && GcsVerdict.Fault(reply.Status, error, isObject: false) == BucketFault.Transient
            ? throw new BucketException(BucketFault.Transient, error.Describe(reply.Status)) { RetryAfter = reply.RetryAfter }
            : reply;
    }
}
