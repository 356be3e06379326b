using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>A resumable upload between its POST and its last PUT. What the POST asked for is judged when the last byte is here.</summary>
internal sealed class UploadSession(string id, Commit commit, BlobWriter writer, DeclaredHashes hashes, string? contentType, DateTimeOffset expires)
{
    /// <summary>Requests to one session take turns.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    public string Id { get; } = id;

    public string Name => commit.Name;

    public FakeBucket Bucket => commit.Bucket;

    public BlobWriter Writer { get; } = writer;

    public DateTimeOffset Expires { get; } = expires;

    /// <summary>A length told at the start, which then is law.</summary>
    public long? Length { get; init; }

    public StoredObject? Stored { get; private set; }

    /// <summary>Why nothing more can come of it.</summary>
    public GcsException? Ended { get; set; }

    public StoredObject Finish(DeclaredHashes late)
    {
        try
        {
            return Stored = commit.Run(Writer, contentType, hashes.And(late));
        }
        catch (GcsException refusal)
        {
            Ended = refusal;
            throw;
        }
    }
}
