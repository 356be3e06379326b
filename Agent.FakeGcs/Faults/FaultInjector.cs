using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Http;
using Sealtail.FakeGcs.Journal;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Faults;

/// <summary>Lets a scripted fault strike before or after a request takes effect.</summary>
internal sealed class FaultInjector(FaultScript script, StoreClock clock, TimeProvider faultTime)
{
    /// <summary>The reply to send, or null where the connection is to be cut without one.</summary>
    public async Task<Reply?> RunAsync(Exchange exchange, Func<Task<Reply>> handle)
    {
        var record = exchange.Record;
        if (script.Pick(record.Method, record.Call, record.Name) is not { } rule)
            return await handle();

        exchange.Note(noted => noted with { Fault = rule });
        switch (rule.Kind)
        {
            case FaultKind.ClockJump:
                clock.Jump(rule.Jump);
                return await handle();

            case FaultKind.Drip or FaultKind.Corrupt:
                return Spoil(await handle(), rule);

            case FaultKind.Stall when rule is { Form: FaultForm.NotApplied, Delay: not null }:
                await HoldAsync(exchange, rule);
                return await handle();

            case var _ when rule.Form == FaultForm.NotApplied:
                await exchange.Body.DrainAsync(rule.AfterBytes, exchange.Aborted);
                return await StrikeAsync(exchange, rule, Reply.Json(new JsonObject { ["kind"] = "storage#object", ["id"] = "never stored" }));

            default:
                return await StrikeAsync(exchange, rule, await handle());
        }
    }

    private async Task<Reply?> StrikeAsync(Exchange exchange, FaultRule rule, Reply reply)
    {
        switch (rule.Kind)
        {
            case FaultKind.Status:
                return FaultReply.Render(rule);

            case FaultKind.Truncate:
                return Spoil(reply, rule);

            case FaultKind.Stall:
                await StallAsync(exchange, rule);
                return reply;

            default:
                return null;
        }
    }

    private async Task HoldAsync(Exchange exchange, FaultRule rule)
    {
        if (rule.AfterBytes is { } bytes)
            exchange.Body.HoldAt(bytes, () => StallAsync(exchange, rule));
        else
            await StallAsync(exchange, rule);
    }

    // Without a delay it ends only by the client's going away or the server's stopping, both of which cancel the wait.
    private async Task StallAsync(Exchange exchange, FaultRule rule)
    {
        var ended = Task.Delay(rule.Delay ?? Timeout.InfiniteTimeSpan, faultTime, exchange.Aborted);
        exchange.Note(record => record with { Stage = RequestStage.Stalled });
        await ended;
        exchange.Note(record => record with { Stage = RequestStage.Arrived });
    }

    private static Reply Spoil(Reply reply, FaultRule rule)
    {
        reply.Fault = rule;
        if (rule.Kind != FaultKind.Corrupt || reply.Document is not JsonObject document || reply.Status >= 300)
            return reply;

        foreach (var (name, value) in rule.Fields)
        {
            if (value is null)
                document.Remove(name);
            else
                document[name] = value;
        }

        return reply;
    }
}
