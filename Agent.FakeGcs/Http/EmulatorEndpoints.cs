using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Journal;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs.Http;

/// <summary>The stand-in's own knobs under /__emulator, for those outside its process. Neither faults nor the journal touch them.</summary>
internal sealed class EmulatorEndpoints(FakeBuckets buckets, FaultScript faults, RequestJournal journal, StoreClock clock)
{
    private static readonly JsonSerializerOptions Knobs = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public async Task<Reply> HandleAsync(Exchange exchange) => (exchange.Http.Request.Method, exchange.Route.Argument) switch
    {
        ("POST", "faults") => AddFaults(await exchange.ReadBodyAsync()),
        ("GET", "faults") => Show(faults.Faults),
        ("DELETE", "faults") => Done(faults.Clear),
        ("GET", "requests") => Show(journal.Requests),
        ("DELETE", "requests") => Done(journal.Clear),
        ("POST", "clock") => Jump(JsonReading.Object(await exchange.ReadBodyAsync())),
        ("POST", "tamper") => Tamper(JsonReading.Object(await exchange.ReadBodyAsync())),
        _ => throw GcsErrors.NotFound(),
    };

    private Reply AddFaults(byte[] body)
    {
        FaultRule[] rules;
        try
        {
            rules = body.AsSpan().TrimStart(" \r\n\t"u8) is [(byte)'[', ..]
                ? JsonSerializer.Deserialize<FaultRule[]>(body, Knobs) ?? []
                : [JsonSerializer.Deserialize<FaultRule>(body, Knobs) ?? throw GcsErrors.ParseError()];
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            throw GcsErrors.Invalid($"Not a fault: {fault.Message}");
        }

        foreach (var rule in rules)
            faults.Add(rule);

        return Show(rules);
    }

    private Reply Jump(JsonObject body)
    {
        clock.Jump(Span(body.Text("jump")));
        return Reply.Json(new JsonObject { ["now"] = GcsTime.InJson(clock.UtcNow), ["offset"] = clock.Offset.ToString() });
    }

    private Reply Tamper(JsonObject body)
    {
        var tampering = buckets.Get(body.Text("bucket") ?? "").Tampering;
        var name = body.Text("name") ?? throw GcsErrors.Required("name");
        return body.Text("action") switch
        {
            "corrupt" => Done(() => tampering.Corrupt(name, long.Parse(body.Text("offset") ?? "0"))),
            "replace" => Done(() => tampering.Replace(name, Convert.FromBase64String(body.Text("contentBase64") ?? ""))),
            "delete" => Done(() => tampering.Delete(name)),
            _ => throw GcsErrors.Invalid("action is one of corrupt, replace and delete."),
        };
    }

    private static TimeSpan Span(string? text) =>
        TimeSpan.TryParse(text, out var span) ? span : throw GcsErrors.Invalid("A time span is written as [-][d.]hh:mm:ss.");

    private static Reply Done(Action act)
    {
        act();
        return Reply.Empty(StatusCodes.Status204NoContent);
    }

    private static Reply Show<T>(T value) => Reply.Json(JsonSerializer.SerializeToNode(value, Knobs)!); // a list is never null
}
