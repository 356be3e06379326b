namespace Sealtail.Observability;

/// <summary>Why streams do not do all of their work just now, as it follows from their status.</summary>
internal static class Readiness
{
    /// <summary>Failures for a shorter time are no outage: a retry or two is everyday life.</summary>
    public static readonly TimeSpan OutageAfter = TimeSpan.FromSeconds(30);

    /// <summary>Of all streams' destination. An unverified retention is no reason: permission to create is enough to ship, and does not show the lock.</summary>
    public static IEnumerable<UnreadyReason> Of(DestinationStatus destination)
    {
        if (destination.Retention is { State: RetentionReading.Violated, Explanation: var why }) yield return UnreadyReason.Of(UnreadyCause.RetentionViolated, null, why);
        if (destination.Credential is { Fails: true, Problem: { } problem }) yield return UnreadyReason.Of(UnreadyCause.Credential, null, problem);
    }

    public static IEnumerable<UnreadyReason> Of(IEnumerable<StreamStatus> streams, DateTimeOffset now) => streams.SelectMany(stream => Of(stream, now));

    private static IEnumerable<UnreadyReason> Of(StreamStatus stream, DateTimeOffset now)
    {
        if (stream.Uploads is { FailingSince: { } since, Failure: var failure, Parked: var isParked })
        {
            if (isParked) yield return Reason(UnreadyCause.Parked, $"Uploads wait for an administrator since {since:yyyy-MM-dd'T'HH:mm:ss'Z'}: {failure}");
            else if (now - since >= OutageAfter) yield return Reason(UnreadyCause.Outage, $"Uploads have failed since {since:yyyy-MM-dd'T'HH:mm:ss'Z'}: {failure}");
        }

        if (stream.Spool.FullReason is { } full) yield return Reason(UnreadyCause.SpoolFull, full);
        if (stream.Spool is { WriteTrouble: { } trouble, FullReason: null }) yield return Reason(UnreadyCause.StateUnwritable, trouble);
        if (stream.Source.State == "missing") yield return Reason(UnreadyCause.SourceMissing, $"{stream.Source.Path} is not there. It is read as soon as it is.");
        if (stream.Source.State == "unreadable") yield return Reason(UnreadyCause.SourceUnreadable, $"{stream.Source.Path} cannot be read. Reading goes on as soon as it can.");

        UnreadyReason Reason(UnreadyCause cause, string message) => UnreadyReason.Of(cause, stream.Stream, message);
    }
}
