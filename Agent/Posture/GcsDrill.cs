using System.Text.Json;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.Format;

namespace Sealtail.Posture;

/// <summary>
/// Tries to break a Cloud Storage bucket's immutability, on an object of its own and on the policy where that is locked. A policy that is not locked is
/// reported and never touched: there an attempt would succeed, and that is harm.
/// </summary>
internal sealed class GcsDrill(GcsAdmin admin, TimeProvider time)
{
    private readonly List<DrillAttempt> attempts = [];
    private readonly string name = DrillName.Of(time.GetUtcNow(), Guid.NewGuid());

    private string ObjectPath => $"/o/{Uri.EscapeDataString(admin.FullName(name))}";

    public async Task<DrillReport> RunAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetUtcNow();
        if (await CreateAsync(cancellationToken) is { } created)
        {
            await TryObjectAsync(created, cancellationToken);
            await CompareAsync(created, cancellationToken);
        }

        await TryPolicyAsync(cancellationToken);
        return Report(begun, asAgent: false);
    }

    /// <summary>Whether this identity can create and nothing else.</summary>
    public async Task<DrillReport> RunAsAgentAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetUtcNow();
        if (await CreateAsync(cancellationToken) is { } created)
        {
            await DenyAsync("read the object", () => Send(HttpMethod.Get, $"{ObjectPath}?alt=media"), cancellationToken);
            await DenyAsync("list objects", () => Send(HttpMethod.Get, $"/o?maxResults=1&prefix={Uri.EscapeDataString(admin.FullName(DrillName.Root))}"), cancellationToken);
            await TryObjectAsync(created, cancellationToken);
            await DenyAsync("change the object's metadata", () => Send(HttpMethod.Patch, ObjectPath, "{\"metadata\":{\"drill\":\"changed\"}}"), cancellationToken);
        }

        // A condition that no bucket meets: whoever may change it hears 412, and nothing is changed.
        await DenyAsync("change the bucket", () => Send(HttpMethod.Patch, "?ifMetagenerationMatch=999999999999", "{}"), cancellationToken);
        await DenyAsync("read the bucket's IAM policy", () => Send(HttpMethod.Get, "/iam"), cancellationToken);
        await TestPermissionsAsync(cancellationToken);
        return Report(begun, asAgent: true);

        Func<CancellationToken, Task<GcsReply>> Send(HttpMethod method, string path, string? json = null) => token => admin.SendAsync(method, path, json, token);
    }

    private async Task<Created?> CreateAsync(CancellationToken cancellationToken)
    {
        const string Action = "create a marked object";
        try
        {
            var reply = await admin.InsertAsync(name, DrillName.Marking(time.GetUtcNow(), "This object was made to prove that it cannot be changed."), onlyIfAbsent: true, cancellationToken);
            if (!reply.IsSuccess)
            {
                Note(Action, DrillOutcome.Unknown, reply.Status, $"{GcsError.Parse(reply.Body).Describe(reply.Status)} Nothing could be tried on it.");
                return null;
            }

            var created = Created.Parse(reply.Body);
            Note(Action, DrillOutcome.Held, reply.Status, created.Expires is { } expires ? $"created; the store keeps it until {Timestamp.Print(expires)}" : "created; the store names no time until which it is kept");
            return created;
        }
        catch (Exception e) when (e is BucketException or JsonException)
        {
            Note(Action, DrillOutcome.Unknown, null, e.Message);
            return null;
        }
    }

    private async Task TryObjectAsync(Created created, CancellationToken cancellationToken)
    {
        await RefuseAsync("overwrite it", token => admin.InsertAsync(name, "{\"sealtail\":\"drill\",\"note\":\"overwritten\"}\n", onlyIfAbsent: false, token), cancellationToken);
        await RefuseAsync("shorten its retention", token => admin.SendAsync(HttpMethod.Patch, ObjectPath,
            $"{{\"retention\":{{\"mode\":\"Unlocked\",\"retainUntilTime\":\"{Timestamp.Print(time.GetUtcNow().AddMinutes(1))}\"}}}}", token), cancellationToken,
            // Added to a retention that lasts longer, a shorter one changes nothing.
            isHarmless: reply => created.Expires is { } before && Created.Parse(reply.Body).Expires >= before);
        await RefuseAsync("compose over it", token => admin.SendAsync(HttpMethod.Post, $"{ObjectPath}/compose",
            $"{{\"sourceObjects\":[{{\"name\":{JsonText(admin.FullName(name))}}}],\"destination\":{{\"contentType\":\"application/json\"}}}}", token), cancellationToken);
        await RefuseAsync("rewrite over it", token => admin.SendAsync(HttpMethod.Post, $"{ObjectPath}/rewriteTo/b/{Uri.EscapeDataString(admin.Bucket)}{ObjectPath}", "{\"storageClass\":\"STANDARD\"}", token), cancellationToken);
        await RefuseAsync("delete this generation of it", token => admin.SendAsync(HttpMethod.Delete, $"{ObjectPath}?generation={created.Generation}", null, token), cancellationToken);
        await RefuseAsync("delete it", token => admin.SendAsync(HttpMethod.Delete, ObjectPath, null, token), cancellationToken);
    }

    // The store's word that it refused is good; that the object is still the same is better.
    private async Task CompareAsync(Created created, CancellationToken cancellationToken)
    {
        const string Action = "find it unchanged";
        try
        {
            var reply = await admin.SendAsync(HttpMethod.Get, ObjectPath, null, cancellationToken);
            if (!reply.IsSuccess)
            {
                Note(Action, reply.Status == 404 ? DrillOutcome.Broken : DrillOutcome.Unknown, reply.Status, GcsError.Parse(reply.Body).Describe(reply.Status));
                return;
            }

            var now = Created.Parse(reply.Body);
            var isSame = now.Generation == created.Generation && now.Crc32C == created.Crc32C && !(now.Expires < created.Expires) && now.Expires is null == created.Expires is null;
            Note(Action, isSame ? DrillOutcome.Held : DrillOutcome.Broken, reply.Status, isSame ? $"generation {now.Generation}, CRC-32C {now.Crc32C}, as created" : $"generation {now.Generation} with CRC-32C {now.Crc32C}; created was {created.Generation} with {created.Crc32C}");
        }
        catch (Exception e) when (e is BucketException or JsonException)
        {
            Note(Action, DrillOutcome.Unknown, null, e.Message);
        }
    }

    private async Task TryPolicyAsync(CancellationToken cancellationToken)
    {
        const string Look = "look at the bucket's retention policy";
        BucketPolicy policy;
        try
        {
            var reply = await admin.SendAsync(HttpMethod.Get, "?projection=noAcl", null, cancellationToken);
            if (!reply.IsSuccess)
            {
                Note(Look, DrillOutcome.Unknown, reply.Status, $"{GcsError.Parse(reply.Body).Describe(reply.Status)} Whether the policy can be lifted was not tried.");
                return;
            }

            policy = BucketPolicy.Parse(reply.Body);
        }
        catch (Exception e) when (e is BucketException or JsonException)
        {
            Note(Look, DrillOutcome.Unknown, null, e.Message);
            return;
        }

        if (policy.Seconds is not { } seconds || !policy.IsLocked)
        {
            Note("shorten or remove the bucket's retention policy", DrillOutcome.Broken, null, policy.Seconds is null
                ? "Not tried: there is no retention policy."
                : "Not tried, since it would succeed and do harm: the policy is not locked. An administrator can remove it. See 'sealtail bucket lock'.");
            return;
        }

        // The condition names the policy that was seen: nobody else's change is undone.
        var condition = $"?ifMetagenerationMatch={policy.Metageneration}";
        await LiftAsync("shorten the bucket's retention policy", $"{{\"retentionPolicy\":{{\"retentionPeriod\":\"{Math.Max(1, seconds - 1)}\"}}}}", condition, seconds, cancellationToken);
        await LiftAsync("remove the bucket's retention policy", "{\"retentionPolicy\":null}", condition, seconds, cancellationToken);
    }

    private async Task LiftAsync(string action, string json, string condition, long seconds, CancellationToken cancellationToken)
    {
        if (await RefuseAsync(action, token => admin.SendAsync(HttpMethod.Patch, condition, json, token), cancellationToken, hasCondition: true) != DrillOutcome.Broken) return;
        // A store that lets go of a locked policy is broken; it gets its policy back all the same.
        await admin.SendAsync(HttpMethod.Patch, "", $"{{\"retentionPolicy\":{{\"retentionPeriod\":\"{seconds}\"}}}}", cancellationToken);
    }

    private async Task TestPermissionsAsync(CancellationToken cancellationToken)
    {
        const string Action = "hold more permissions than to create";
        try
        {
            var query = string.Join('&', BucketPermissions.Asked.Select(permission => $"permissions={permission}"));
            var reply = await admin.SendAsync(HttpMethod.Get, $"/iam/testPermissions?{query}", null, cancellationToken);
            if (!reply.IsSuccess)
            {
                Note(Action, DrillOutcome.Unknown, reply.Status, GcsError.Parse(reply.Body).Describe(reply.Status));
                return;
            }

            var held = BucketPermissions.Parse(reply.Body);
            var more = held.Except(BucketPermissions.Agent).ToArray();
            Note(Action, more.Length == 0 ? DrillOutcome.Held : DrillOutcome.Broken, reply.Status, $"of {BucketPermissions.Asked.Count} permissions asked about it holds {(held.Count == 0 ? "none" : string.Join(", ", held))}");
        }
        catch (Exception e) when (e is BucketException or JsonException)
        {
            Note(Action, DrillOutcome.Unknown, null, e.Message);
        }
    }

    // For the agent's identity: only a denial will do. What is refused for another reason shows that it may.
    private async Task DenyAsync(string action, Func<Func<CancellationToken, Task<GcsReply>>> send, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await send()(cancellationToken);
            var outcome = reply.Status is 401 or 403 ? DrillOutcome.Held : reply.IsSuccess || reply.Status is 404 or 412 ? DrillOutcome.Broken : DrillOutcome.Unknown;
            Note(action, outcome, reply.Status, reply.IsSuccess ? "it was let" : GcsError.Parse(reply.Body).Describe(reply.Status));
        }
        catch (BucketException e)
        {
            Note(action, DrillOutcome.Unknown, null, e.Message);
        }
    }

    private async Task<DrillOutcome> RefuseAsync(string action, Func<CancellationToken, Task<GcsReply>> send, CancellationToken cancellationToken, Func<GcsReply, bool>? isHarmless = null, bool hasCondition = false)
    {
        try
        {
            var reply = await send(cancellationToken);
            var harmless = reply.IsSuccess && isHarmless?.Invoke(reply) == true;
            // 404 says that it is gone already; 429 and 5xx say nothing, nor does a condition that is not met any more: the attempt itself was not made.
            var outcome = hasCondition && reply.Status == 412 ? DrillOutcome.Unknown : harmless || reply.Status is 400 or 401 or 403 or 405 or 409 or 412 ? DrillOutcome.Held
                : reply.IsSuccess || reply.Status == 404 ? DrillOutcome.Broken : DrillOutcome.Unknown;
            return Note(action, outcome, reply.Status, harmless ? "accepted without effect: the bucket's retention lasts longer" : reply.IsSuccess ? "it was let" : GcsError.Parse(reply.Body).Describe(reply.Status));
        }
        catch (Exception e) when (e is BucketException or JsonException)
        {
            return Note(action, DrillOutcome.Unknown, null, e.Message);
        }
    }

    private DrillOutcome Note(string action, DrillOutcome outcome, int? status, string answer)
    {
        attempts.Add(new DrillAttempt(action, outcome, status, answer, time.GetUtcNow()));
        return outcome;
    }

    private DrillReport Report(DateTimeOffset begun, bool asAgent) => new() { Bucket = admin.Location, ObjectName = name, AsAgent = asAgent, Begun = begun, Attempts = attempts };

    private static string JsonText(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
