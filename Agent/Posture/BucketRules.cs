using System.Text.Json;
using Sealtail.Buckets;

namespace Sealtail.Posture;

/// <summary>Judges a bucket's own settings.</summary>
internal static class BucketRules
{
    /// <param name="bucket">The bucket's resource.</param>
    /// <param name="minimum">The retention that is wanted; null: any.</param>
    public static IEnumerable<PostureCheck> Judge(JsonElement bucket, TimeSpan? minimum)
    {
        foreach (var check in Retention(BucketPolicy.Parse(bucket), minimum)) yield return check;
        yield return Json.Member(bucket, "objectRetention") is { } objects
            ? new PostureCheck("object-retention", PostureState.Info, $"Objects may carry a retention of their own ({Json.Text(objects, "mode")}). The agent sets none: the host must not choose it.")
            : new PostureCheck("object-retention", PostureState.Info, "Objects carry no retention of their own; the bucket's policy is what keeps them.");
        if (Json.Flag(bucket, "defaultEventBasedHold"))
            yield return new PostureCheck("default-hold", PostureState.Info, "New objects are under an event-based hold: their retention begins when it is released.");
        foreach (var check in Access(bucket)) yield return check;
        yield return Json.Member(bucket, "versioning") is { } versions && Json.Flag(versions, "enabled")
            ? new PostureCheck("versioning", PostureState.Warning, "Versioning is on: an overwrite or a delete succeeds, and hides the object behind a newer generation, although the old one stays.", "Turn versioning off; the retention policy does the keeping.")
            : new PostureCheck("versioning", PostureState.Ok, "Versioning is off.");
        yield return SoftDelete(bucket);
        foreach (var check in Lifecycle(bucket)) yield return check;
        yield return new PostureCheck("storage-class", PostureState.Info, $"Storage class {Json.Text(bucket, "storageClass") ?? "STANDARD"} in {Json.Text(bucket, "location") ?? "an unknown location"}. Colder classes charge for early deletion and for reading, which verification does.");
        yield return Json.Member(bucket, "encryption") is { } encryption && Json.Text(encryption, "defaultKmsKeyName") is { } key
            ? new PostureCheck("encryption-key", PostureState.Warning, $"Objects are encrypted with {key}: whoever can destroy that key destroys the record, whatever the retention.", "Guard the key as you guard the bucket, or use Google's own encryption.")
            : new PostureCheck("encryption-key", PostureState.Ok, "Objects are encrypted with Google's own keys.");
    }

    private static IEnumerable<PostureCheck> Retention(BucketPolicy policy, TimeSpan? minimum)
    {
        if (policy.Seconds is not { } seconds)
        {
            yield return new PostureCheck("retention-policy", PostureState.Bad, "There is no retention policy: objects can be deleted or replaced at any time.", "Set one, then lock it: 'sealtail bucket lock'.");
            yield break;
        }

        var period = TimeSpan.FromSeconds(Math.Min(seconds, 3_155_760_000));
        yield return new PostureCheck("retention-policy", PostureState.Ok, $"The retention policy keeps objects for {Durations.Print(period)}.");
        yield return policy.IsLocked
            ? new PostureCheck("retention-lock", PostureState.Ok, "The policy is locked: nobody can shorten or remove it.")
            : new PostureCheck("retention-lock", PostureState.Bad, "The policy is not locked: an administrator can remove it.", "Lock it: 'sealtail bucket lock'. That cannot be undone.");
        if (minimum is { } wanted)
            yield return period >= wanted
                ? new PostureCheck("retention-period", PostureState.Ok, $"It is at least the {Durations.Print(wanted)} wanted.")
                : new PostureCheck("retention-period", PostureState.Bad, $"It is shorter than the {Durations.Print(wanted)} wanted.", "Lengthen it; also a locked policy can be lengthened.");
        if (period < TimeSpan.FromDays(1))
            yield return new PostureCheck("retention-short", PostureState.Warning, "A retention of less than a day is for tests: the store does not guarantee to enforce it.");
    }

    private static IEnumerable<PostureCheck> Access(JsonElement bucket)
    {
        var iam = Json.Member(bucket, "iamConfiguration") ?? default;
        var uniform = Json.Member(iam, "uniformBucketLevelAccess") is { } level && Json.Flag(level, "enabled");
        yield return uniform
            ? new PostureCheck("uniform-access", PostureState.Ok, "Access is uniform: IAM alone decides.")
            : new PostureCheck("uniform-access", PostureState.Bad, "Access is not uniform: single objects can have access lists of their own.", "Turn uniform bucket-level access on.");
        yield return Json.Text(iam, "publicAccessPrevention") == "enforced"
            ? new PostureCheck("public-access", PostureState.Ok, "Public access is prevented on the bucket.")
            : new PostureCheck("public-access", PostureState.Warning, "Public access is not prevented on the bucket itself; an organisation's policy may prevent it.", "Set public access prevention to enforced.");
    }

    private static PostureCheck SoftDelete(JsonElement bucket) =>
        Json.Member(bucket, "softDeletePolicy") is { } policy && Json.Number(policy, "retentionDurationSeconds") is > 0 and var seconds
            ? new PostureCheck("soft-delete", PostureState.Info, $"What is deleted after its retention can be restored for {Durations.Print(TimeSpan.FromSeconds(seconds))}.")
            : new PostureCheck("soft-delete", PostureState.Info, "Soft delete is off: what is deleted after its retention is gone.");

    private static IEnumerable<PostureCheck> Lifecycle(JsonElement bucket)
    {
        var rules = Json.Items(Json.Member(bucket, "lifecycle") ?? default, "rule").ToArray();
        if (rules.Length == 0) yield return new PostureCheck("lifecycle", PostureState.Info, "There are no lifecycle rules: nothing is deleted by itself after its retention.");
        foreach (var rule in rules)
        {
            var action = Json.Text(Json.Member(rule, "action") ?? default, "type") ?? "an unknown action";
            var age = Json.Number(Json.Member(rule, "condition") ?? default, "age");
            yield return action == "Delete"
                ? new PostureCheck("lifecycle", PostureState.Warning, $"A lifecycle rule deletes objects{(age is { } days ? $" of {days} days" : " by another condition than their age")}, as soon as their retention allows.", "See that this is what you want kept.")
                : new PostureCheck("lifecycle", PostureState.Info, $"A lifecycle rule does {action}{(age is { } old ? $" at {old} days" : "")}.");
        }
    }
}
