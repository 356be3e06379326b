using Sealtail.Observability;

namespace Sealtail.Tests.Observability;

/// <summary>An agent with one stream that has nothing to complain of; tests change what they are about.</summary>
internal static class Statuses
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

    public static StreamStatus Stream { get; } = new()
    {
        Stream = "prod-eu1/cp-1/audit",
        KeyId = new string('a', 64),
        Source = new SourceReading("/var/log/audit.log", "idle", 100, 3, 3, 0, 2, 1, new PositionReading(3, "/var/log/audit.log", 97)),
        Sealed = new SealedCounts(5, 50, 5000),
        Spool = new SpoolReading(1, 200, 4096, Now - TimeSpan.FromSeconds(7), null, null),
        Uploads = new UploadReading(4, 40, 800, null, null, false),
        Chain = new ChainReading("11111111-2222-3333-4444-555555555555", 7, new Dictionary<string, long> { ["chunk"] = 4, ["heartbeat"] = 2 }, new ConfirmedReading(7, 6, new string('b', 64), Now - TimeSpan.FromSeconds(2))),
        Gaps = new Dictionary<string, long> { ["rotated-away"] = 1, ["truncated"] = 0 },
    };

    public static DestinationStatus Destination { get; } = new()
    {
        Bucket = "gs://acme-audit/k8s",
        Retention = new RetentionReading(RetentionReading.Ok, "The bucket's retention policy of 365d is locked.", true, Now, 0, null),
        Credential = new CredentialReading("metadata", Now + TimeSpan.FromMinutes(30), null, false),
    };

    public static AgentStatus Agent(params StreamStatus[] streams) => new()
    {
        Version = "0.1.0+abc",
        Started = Now - TimeSpan.FromHours(3),
        At = Now,
        Destination = Destination,
        Reasons = [.. Readiness.Of(streams, Now)],
        Loops = [new LoopStatus("ingest prod-eu1/cp-1/audit", 0.25)],
        Streams = streams,
    };
}
