using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Journal;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>What happens to a request, in order: noted, named, struck by a fault, judged and done, struck again, answered.</summary>
internal sealed class FakeGcsApplication(
    RequestJournal journal,
    UploadSessions sessions,
    FaultInjector faults,
    Principals principals,
    StoreClock clock,
    Endpoints endpoints,
    ReplyWriter writer) : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var route = Understand(context);
        var exchange = new Exchange(context, route, journal, Record(context, route));
        try
        {
            if (route.Call == GcsCall.Emulator)
                await writer.WriteAsync(exchange, await JudgeAsync(exchange));
            else if (await AnswerAsync(exchange) is { } reply)
                await writer.WriteAsync(exchange, reply);
            else
                exchange.Cut();
        }
        catch (Exception fault) when (IsBrokenConnection(fault))
        {
            exchange.Cut();
        }
    }

    private async Task<Reply?> AnswerAsync(Exchange exchange)
    {
        // A body that cannot be read has no name either; the endpoint will say why when its turn comes.
        var malformed = await OpenMultipartAsync(exchange);
        return await faults.RunAsync(exchange, async () =>
        {
            var reply = await JudgeAsync(exchange, malformed);
            exchange.Note(record => record with { Outcome = reply.Status, Principal = exchange.Caller.Email });
            return reply;
        });
    }

    private async Task<Reply> JudgeAsync(Exchange exchange, GcsException? malformed = null)
    {
        try
        {
            exchange.Caller = exchange.Route.Call is GcsCall.Emulator ? exchange.Caller : principals.Authenticate(exchange.Header("Authorization"));
            return await endpoints.HandleAsync(exchange, malformed);
        }
        catch (GcsException refusal)
        {
            // A client in the middle of its upload hears the refusal only if it is allowed to finish.
            await exchange.Body.DrainAsync(null, exchange.Aborted);
            return Errors.Render(exchange, refusal);
        }
        catch (Exception bug) when (!IsBrokenConnection(bug))
        {
            return Errors.Render(exchange, new GcsException(500, "internalError", $"The stand-in itself failed: {bug}"));
        }
    }

    // The client went away, or the server is stopping.
    private static bool IsBrokenConnection(Exception fault) => fault is OperationCanceledException or IOException or BadHttpRequestException;

    private Route Understand(HttpContext context)
    {
        Route route;
        try
        {
            route = Route.Parse(context.Request.Method, Exchange.RawTarget(context));
        }
        catch (UriFormatException)
        {
            return new Route(GcsCall.Unknown);
        }

        if (context.Request.Query["upload_id"].FirstOrDefault() is not { } id || route.Call is not (GcsCall.ObjectInsert or GcsCall.UploadChunk or GcsCall.UploadCancel))
            return route.Call switch
            {
                GcsCall.ObjectInsert => route with { Name = context.Request.Query["name"].FirstOrDefault() },
                GcsCall.ObjectList => route with { Name = context.Request.Query["prefix"].FirstOrDefault() },
                _ => route,
            };

        return route with
        {
            Call = route.Call == GcsCall.ObjectInsert ? GcsCall.UploadChunk : route.Call,
            Name = sessions.Find(id)?.Name,
            Argument = id,
        };
    }

    private RequestRecord Record(HttpContext context, Route route)
    {
        RequestRecord Create(long number) => new()
        {
            Number = number,
            At = clock.UtcNow,
            Method = context.Request.Method,
            Target = Exchange.RawTarget(context),
            Call = route.Call,
            Bucket = route.Bucket,
            Name = route.Name,
            Headers = Headers(context.Request.Headers),
        };
        return route.Call == GcsCall.Emulator ? Create(0) : journal.Add(Create);
    }

    // Somebody may point a client with real credentials here: the principal is told elsewhere, the secret is nobody's business.
    private static Dictionary<string, string> Headers(IHeaderDictionary headers) => headers.ToDictionary(
        header => header.Key,
        header => header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase) ? $"{header.Value.ToString().Split(' ')[0]} (not kept)" : header.Value.ToString(),
        StringComparer.OrdinalIgnoreCase);

    private static async Task<GcsException?> OpenMultipartAsync(Exchange exchange)
    {
        if (exchange.Route.Call != GcsCall.ObjectInsert || exchange.Query("uploadType") != "multipart")
            return null;

        try
        {
            exchange.Multipart = await MultipartUpload.OpenAsync(exchange.Body, exchange.Http.Request.ContentType, exchange.Aborted);
            exchange.Note(record => record with { Name = record.Name ?? exchange.Multipart.Metadata.Text("name") });
            return null;
        }
        catch (GcsException malformed)
        {
            return malformed;
        }
    }
}
