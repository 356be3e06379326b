using System.Text.Json.Nodes;

namespace Sealtail.FakeGcs.Protocol;

/// <summary>A refusal, in the shape of Google's JSON errors.</summary>
internal sealed class GcsException(int status, string reason, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Reason { get; } = reason;

    public string? LocationType { get; init; }

    public string? Location { get; init; }

    public JsonObject ToJson()
    {
        var detail = new JsonObject { ["message"] = Message, ["domain"] = "global", ["reason"] = Reason };
        if (LocationType is not null)
        {
            detail["locationType"] = LocationType;
            detail["location"] = Location;
        }

        return new JsonObject
        {
            ["error"] = new JsonObject { ["code"] = Status, ["message"] = Message, ["errors"] = new JsonArray(detail) },
        };
    }
}
