using System.Net;
using System.Text.Json;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Storage;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Tests.EndToEnd;

/// <summary>What a stand-in's bucket holds, read past the agent's code, and what an auditor who may read says of it.</summary>
internal static class StoredChain
{
    /// <summary>The manifests' predicates in chain order; what is no envelope is left out.</summary>
    public static IEnumerable<JsonElement> Payloads(FakeBucket bucket)
    {
        foreach (var stored in bucket.Objects.Where(stored => stored.Name.StartsWith(ManifestName.Root, StringComparison.Ordinal)))
            if (TryRead(stored.ReadBytes()) is { } predicate)
                yield return predicate;
    }

    /// <summary>All chunks' plain bytes in chain order.</summary>
    public static byte[] Content(FakeBucket bucket)
    {
        using var content = new MemoryStream();
        foreach (var payload in Payloads(bucket))
            if (payload.TryGetProperty("object", out var chunk))
                content.Write(LumberjackWriter.Gunzip(bucket.Get(chunk.GetProperty("name").GetString()!, null).ReadBytes())); // the name is always there

        return content.ToArray();
    }

    public static async Task<VerifyReport> VerifyAsync(FakeGcsServer server, string bucket, string publicKey, TimeProvider time, VerifyOptions? options = null)
    {
        var location = new BucketOptions { Location = $"gs://{bucket}", Endpoint = server.Address, Credentials = new CredentialOptions { Type = CredentialType.None } };
        using var reading = GcsBucket.Open(location, GcsScope.Read, new GcsEnvironment { Proxy = new WebProxy() }, TimeProvider.System);
        using var trust = new TrustPolicy([TrustFile.ReadKey(publicKey)]);
        return await new Verifier(reading, trust, options ?? new VerifyOptions(), time).VerifyAsync(CancellationToken.None);
    }

    private static JsonElement? TryRead(byte[] bytes)
    {
        try
        {
            using var payload = JsonDocument.Parse(Envelope.Parse(bytes).Payload);
            return payload.RootElement.GetProperty("predicate").Clone();
        }
        catch (FormatException)
        {
            return null; // junk that a test has put there
        }
    }
}
