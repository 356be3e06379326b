namespace Sealtail.FakeGcs.Faults;

/// <summary>What a scripted status brings along: the API's JSON, the HTML of a front end, or nothing.</summary>
internal enum FaultBody
{
    Json,
    Html,
    Empty,
}
