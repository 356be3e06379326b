using System.Text;
using System.Text.Json;

namespace Sealtail.Posture;

/// <summary>A new bucket for audit logs: all that can be set right from the start. The lock is a step of its own, since nothing undoes it.</summary>
internal sealed record BucketPlan(string Bucket, string Project, string Location, TimeSpan Retention)
{
    /// <summary>In words, before anything is done.</summary>
    public IEnumerable<string> Describe() =>
    [
        $"Create bucket {Bucket} in project {Project}, location {Location}:",
        $"  retention policy of {Buckets.Durations.Print(Retention)}, not locked yet ('sealtail bucket lock' locks it)",
        "  uniform bucket-level access, public access prevention enforced",
        "  no versioning, storage class STANDARD, Google's own encryption",
    ];

    public string ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, Bucket);
            json.WriteString("location"u8, Location);
            json.WriteString("storageClass"u8, "STANDARD");
            json.WriteStartObject("retentionPolicy"u8);
            json.WriteString("retentionPeriod"u8, $"{(long)Retention.TotalSeconds}");
            json.WriteEndObject();
            json.WriteStartObject("iamConfiguration"u8);
            json.WriteStartObject("uniformBucketLevelAccess"u8);
            json.WriteBoolean("enabled"u8, true);
            json.WriteEndObject();
            json.WriteString("publicAccessPrevention"u8, "enforced");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
