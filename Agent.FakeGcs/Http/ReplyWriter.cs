using System.Buffers;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Journal;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>Sends a reply, whole or in the way a fault wants it.</summary>
internal sealed class ReplyWriter(StoreClock clock, TimeProvider faultTime)
{
    public async Task WriteAsync(Exchange exchange, Reply reply)
    {
        var response = exchange.Http.Response;
        var text = reply.TextBytes();
        var length = reply.Media is null ? text.Length : reply.MediaLength;
        response.StatusCode = reply.Status;
        response.ContentType = reply.ContentType;
        if (reply.Status != StatusCodes.Status204NoContent && reply.Status != StatusCodes.Status304NotModified)
            response.ContentLength ??= length;

        response.Headers.Date = clock.UtcNow.ToString("R");
        response.Headers.Server = "UploadServer";
        response.Headers["X-GUploader-UploadID"] = $"fake-{exchange.Record.Number}";
        foreach (var (name, value) in reply.Headers)
            response.Headers.Append(name, value);

        if (HttpMethods.IsHead(exchange.Http.Request.Method))
            length = 0;

        // Nothing cannot be cut in half: an empty reply to be truncated is one that never comes.
        if (length == 0 && reply.Fault is { Kind: FaultKind.Truncate })
        {
            exchange.Cut();
            return;
        }

        var sent = reply.Fault is { Kind: FaultKind.Truncate } cut ? Math.Clamp(cut.AfterBytes ?? length / 2, 0, Math.Max(0, length - 1)) : length;

        // Noted before the last byte leaves, so that whoever has read the reply finds it in the journal.
        exchange.Note(record => record with { Stage = sent == length ? RequestStage.Replied : RequestStage.Cut, Status = reply.Status });

        // Fewer bytes than the length promised: Kestrel sends what it has and then closes, which is the truncated 200 we want.
        // An abort would be no substitute, as it may overtake the bytes.
        await SendAsync(exchange, reply, text, sent);
    }

    private async Task SendAsync(Exchange exchange, Reply reply, ReadOnlyMemory<byte> text, long length)
    {
        var drip = reply.Fault is { Kind: FaultKind.Drip } rule ? rule : null;
        var buffer = ArrayPool<byte>.Shared.Rent(drip?.PieceBytes ?? 64 * 1024);
        try
        {
            for (var at = 0L; at < length;)
            {
                var wanted = (int)Math.Min(drip?.PieceBytes ?? buffer.Length, length - at);
                var piece = buffer.AsMemory(0, wanted);
                if (reply.Media is { } media)
                    media.Content.Read(reply.MediaOffset + at, piece.Span);
                else
                    text.Slice((int)at, wanted).CopyTo(piece);

                if (at == 0 && reply.Media is not null && reply.Fault?.Kind == FaultKind.Corrupt)
                    piece.Span[0] ^= 0xFF;

                at += wanted;
                await exchange.Http.Response.Body.WriteAsync(piece, exchange.Aborted);
                if (drip is null)
                    continue;

                await exchange.Http.Response.Body.FlushAsync(exchange.Aborted);
                await Task.Delay(drip.Delay ?? TimeSpan.Zero, faultTime, exchange.Aborted);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
