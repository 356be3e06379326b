using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>The last step of every kind of upload: all bytes are here; may they become an object?</summary>
internal sealed record Commit(FakeBucket Bucket, string Name, JsonObject Metadata, Preconditions Preconditions, Caller Caller)
{
    public StoredObject Run(BlobWriter writer, string? contentType, DeclaredHashes hashes)
    {
        var blob = writer.Complete();
        try
        {
            if (Metadata["retention"] is not null)
                Caller.Require(Permissions.ObjectsSetRetention, "object");

            hashes.Check(blob);
            return Bucket.Insert(ObjectRequest.Draft(Bucket.Name, Name, Metadata, contentType, blob), Preconditions, Caller);
        }
        catch (GcsException)
        {
            blob.Content.Discard();
            throw;
        }
    }
}
