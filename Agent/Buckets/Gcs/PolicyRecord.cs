using System.Text.Json;

namespace Sealtail.Buckets.Gcs;

/// <summary>
/// A bucket's settings and its IAM policy as the store states them, for who is to judge them later. What may not be read is absent, with the reason: the
/// record then says what was not seen.
/// </summary>
internal static class PolicyRecord
{
    /// <summary>One JSON object: <c>settings</c> and <c>iam</c>, each as the store's own document, or <c>…Absent</c> with a sentence.</summary>
    public static async Task<byte[]> ReadAsync(GcsAdmin admin, CancellationToken cancellationToken)
    {
        var settings = await LookAsync(admin, "?projection=noAcl", "storage.buckets.get", cancellationToken);
        var iam = await LookAsync(admin, "/iam?optionsRequestedPolicyVersion=3", "storage.buckets.getIamPolicy", cancellationToken);
        return Write(settings, iam);
    }

    /// <summary>For a bucket that has neither.</summary>
    /// <param name="reason">Why, as a sentence.</param>
    public static byte[] Absent(string reason) => Write((null, reason), (null, reason));

    private static async Task<(JsonElement? Document, string Reason)> LookAsync(GcsAdmin admin, string path, string permission, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await admin.SendAsync(HttpMethod.Get, path, null, cancellationToken);
            if (!reply.IsSuccess) return (null, $"It may not or cannot be read; that takes {permission}: {GcsError.Parse(reply.Body).Describe(reply.Status)}");
            using var document = JsonDocument.Parse(reply.Body);
            return (document.RootElement.Clone(), "");
        }
        catch (Exception e) when (e is BucketException or JsonException)
        {
            return (null, $"It could not be read: {e.Message}");
        }
    }

    private static byte[] Write((JsonElement? Document, string Reason) settings, (JsonElement? Document, string Reason) iam)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            Put("settings", settings);
            Put("iam", iam);
            json.WriteEndObject();

            void Put(string name, (JsonElement? Document, string Reason) what)
            {
                if (what.Document is { } document)
                {
                    json.WritePropertyName(name);
                    document.WriteTo(json);
                }
                else
                {
                    json.WriteString($"{name}Absent", what.Reason);
                }
            }
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }
}
