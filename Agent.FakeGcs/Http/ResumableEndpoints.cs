using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>Uploads in many requests. The session's address is its own credential.</summary>
internal sealed class ResumableEndpoints(FakeBuckets buckets, BlobStore blobs, UploadSessions sessions, StoreClock clock)
{
    private const int Quantum = 256 * 1024;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public async Task<Reply> StartAsync(Exchange exchange)
    {
        var bucket = exchange.Bucket(buckets, Permissions.ObjectsCreate);
        var metadata = JsonReading.Object(await exchange.ReadBodyAsync());
        var name = exchange.Query("name") ?? metadata.Text("name") ?? throw GcsErrors.Required("name");
        ObjectRequest.CheckName(name);
        exchange.Note(record => record with { Name = name });
        var session = new UploadSession(
            $"fake-{Guid.NewGuid():N}",
            new Commit(bucket, name, metadata, exchange.Preconditions(), exchange.Caller),
            blobs.Open(),
            DeclaredHashes.From(metadata, exchange.Http.Request.Headers["x-goog-hash"]),
            exchange.Header("X-Upload-Content-Type"),
            clock.UtcNow + Lifetime)
        {
            Length = long.TryParse(exchange.Header("X-Upload-Content-Length"), out var length) ? length : null,
        };
        sessions.Add(session);
        return Reply.Empty(StatusCodes.Status200OK)
            .With("Location", $"{exchange.BaseUrl}{exchange.Path}?uploadType=resumable&name={Uri.EscapeDataString(name)}&upload_id={session.Id}");
    }

    public Task<Reply> PutAsync(Exchange exchange) => InTurnAsync(exchange, session => ContinueAsync(exchange, session));

    public Task<Reply> CancelAsync(Exchange exchange) => InTurnAsync(exchange, session =>
    {
        session.Ended = GcsErrors.Cancelled();
        session.Writer.Dispose();
        throw session.Ended;
    });

    private async Task<Reply> InTurnAsync(Exchange exchange, Func<UploadSession, Task<Reply>> act)
    {
        var session = Find(exchange);
        await session.Turn.WaitAsync(exchange.Aborted);
        try
        {
            return session.Ended is { } ended ? throw ended : await act(session);
        }
        finally
        {
            session.Turn.Release();
        }
    }

    private UploadSession Find(Exchange exchange)
    {
        var session = sessions.Find(exchange.Route.Argument ?? "") ?? throw GcsErrors.NotFound();
        if (session.Expires <= clock.UtcNow)
            throw GcsErrors.Gone();

        return session;
    }

    private static async Task<Reply> ContinueAsync(Exchange exchange, UploadSession session)
    {
        if (session.Stored is { } stored)
            return UploadEndpoints.Show(exchange, session.Bucket, stored);

        var range = ContentRange.Parse(exchange.Header("Content-Range"));
        var total = range.Total ?? session.Length;
        var length = range.Last - range.First + 1;
        if (length % Quantum > 0 && range.Last + 1 != total)
            throw GcsErrors.Invalid($"Invalid request. The number of bytes uploaded is required to be equal or greater than {Quantum}, except for the final request (it's recommended to be the exact multiple of {Quantum}).");

        var kept = session.Writer.Length;
        if (range.IsQuestion || range.First > kept)
            await exchange.Body.DrainAsync(null, exchange.Aborted);
        else if (await UploadEndpoints.CopyAsync(exchange.Body, session.Writer, kept - range.First.GetValueOrDefault(), exchange.Aborted) is var came && length is { } told && came != told)
            throw GcsErrors.Invalid($"Invalid request. There were {came} byte(s) in the request body. There should have been {told} byte(s) (starting at offset {range.First} and ending at offset {range.Last}) according to the Content-Range header.");

        if (session.Writer.Length > total)
            throw GcsErrors.Invalid("More bytes came than the upload was said to have.");

        var isWhole = session.Writer.Length == total || (range.EndsWithBody && total is null && !range.IsQuestion);
        if (!isWhole)
            return Incomplete(session.Writer.Length);

        var hashes = DeclaredHashes.From([], exchange.Http.Request.Headers["x-goog-hash"]);
        return UploadEndpoints.Show(exchange, session.Bucket, session.Finish(hashes));
    }

    private static Reply Incomplete(long kept)
    {
        var reply = Reply.Empty(StatusCodes.Status308PermanentRedirect);
        return kept > 0 ? reply.With("Range", $"bytes=0-{kept - 1}") : reply;
    }
}
