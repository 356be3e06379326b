using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Http;

/// <summary>Replies cut down to what the <c>fields</c> parameter asks for.</summary>
internal static class Masked
{
    public static Reply Json(Exchange exchange, JsonObject json) =>
        Reply.Json(exchange.Query("fields") is { Length: > 0 } fields ? FieldMask.Parse(fields).Apply(json)! : json); // an object stays one
}
