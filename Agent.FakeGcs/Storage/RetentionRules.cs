using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Storage;

/// <summary>Until when an object stands, and the refusals that follow from it.</summary>
internal static class RetentionRules
{
    public const long LongestSeconds = 3_155_760_000;

    /// <summary>
    /// The end of retention by the bucket's current period or the object's own, whichever is later. Null while an event-based hold is on:
    /// the period has not begun.
    /// </summary>
    public static DateTimeOffset? Expiration(StoredObject stored, BucketState bucket)
    {
        if (stored.EventBasedHold)
            return null;

        DateTimeOffset? byBucket = bucket.RetentionSeconds is { } seconds ? stored.RetentionStart.AddSeconds(seconds) : null;
        return byBucket is null || stored.Retention?.RetainUntil > byBucket ? stored.Retention?.RetainUntil ?? byBucket : byBucket;
    }

    /// <summary>Refuses to destroy or replace a version that is held or retained.</summary>
    public static void RefuseRemoval(StoredObject stored, BucketState bucket, DateTimeOffset now)
    {
        RefuseHeld(stored);
        if (Expiration(stored, bucket) is { } until && until > now)
            throw GcsErrors.Retained(stored, until);
    }

    public static void RefuseHeld(StoredObject stored)
    {
        if (stored.TemporaryHold)
            throw GcsErrors.Held(stored, "Temporary");
        if (stored.EventBasedHold)
            throw GcsErrors.Held(stored, "Event-Based");
    }

    public static void CheckObjectRetention(ObjectRetention retention, BucketState bucket, DateTimeOffset now)
    {
        if (!bucket.ObjectRetention)
            throw GcsErrors.Invalid("Object retention is not enabled for this bucket.");
        if (retention.Mode is not ("Locked" or "Unlocked"))
            throw GcsErrors.Invalid($"Invalid retention mode: {retention.Mode}");
        if (retention.RetainUntil <= now)
            throw GcsErrors.Invalid("The retainUntilTime must be in the future.");
        if (retention.RetainUntil > now.AddSeconds(LongestSeconds))
            throw GcsErrors.Invalid("The retainUntilTime must be within 100 years.");
    }

    /// <summary>Judges a change of an object's own retention, <paramref name="wanted"/> null being its removal.</summary>
    public static void CheckRetentionChange(StoredObject stored, ObjectRetention? wanted, bool overridden, BucketState bucket, DateTimeOffset now)
    {
        if (wanted is not null && wanted != stored.Retention)
            CheckObjectRetention(wanted, bucket, now);
        if (stored.Retention is not { } current)
            return;

        var weaker = wanted is null || wanted.RetainUntil < current.RetainUntil;
        if (current.IsLocked && (weaker || wanted?.Mode != current.Mode))
            throw GcsErrors.Forbidden($"Object '{stored.Bucket}/{stored.Name}' has a Locked retention, which cannot be reduced or removed.");
        if (weaker && !overridden)
            throw GcsErrors.Forbidden($"Reducing the retention of object '{stored.Bucket}/{stored.Name}' requires overrideUnlockedRetention=true.");
    }
}
