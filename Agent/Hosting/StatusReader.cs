using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Observability;

namespace Sealtail.Hosting;

/// <summary>Puts together what the parts say of themselves. Called from any thread, many times for one scrape: nothing in here waits or looks at a disk.</summary>
internal sealed class StatusReader(IBucket bucket, RetentionMonitor retention, IReadOnlyList<InputPipeline> inputs, Health health, TimeProvider time)
{
    private readonly DateTimeOffset started = time.GetUtcNow();

    public AgentStatus Read()
    {
        var at = time.GetUtcNow();
        var destination = ReadDestination(at);
        var streams = inputs.Select(input => Read(input, at)).ToArray();
        return new AgentStatus
        {
            Version = Observability.AgentVersion.Text,
            Started = started,
            At = at,
            Destination = destination,
            Reasons = [.. Readiness.Of(destination), .. Readiness.Of(streams, at), .. health.Stuck.Select(sentence => UnreadyReason.Of(UnreadyCause.LoopStuck, null, sentence))],
            Loops = [.. health.Pulses.Select(pulse => new LoopStatus(pulse.Loop, Math.Round(pulse.Silence.TotalSeconds, 3)))],
            Streams = streams,
        };
    }

    private DestinationStatus ReadDestination(DateTimeOffset at)
    {
        var (kept, credential) = (retention.Status, bucket.Credential);
        return new DestinationStatus
        {
            Bucket = bucket.Location,
            Retention = new RetentionReading(StateText(kept.State), kept.Explanation, kept.Bucket is { Known: true } said ? said.Locked : null, kept.LookedAt, kept.ViolatingReplies, kept.Warning),
            Credential = credential is null ? null : new CredentialReading(credential.Kind, credential.Expires, credential.Problem, credential.Fails(at)),
        };
    }

    private static string StateText(RetentionState state) => state switch
    {
        RetentionState.Ok => RetentionReading.Ok,
        RetentionState.Violated => RetentionReading.Violated,
        RetentionState.Unverified => RetentionReading.Unverified,
        RetentionState.NotRequired => RetentionReading.NotRequired,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    private StreamStatus Read(InputPipeline input, DateTimeOffset at)
    {
        var head = input.Spool.Head;
        var trouble = input.Shipper.Trouble;
        return new StreamStatus
        {
            Stream = input.Stream.ToString(),
            KeyId = input.KeyId.ToString(),
            Source = new SourceReading(
                input.LogPath, input.Source.State.Text(), input.Source.Size, input.Source.Pending, input.LagBytes, input.TailCounts.HeldBytes, input.TailCounts.Rotations, input.TailCounts.LateWrites,
                input.Sealed.Position is { } range ? new PositionReading(range.File, range.Path, range.To) : null),
            Sealed = new SealedCounts(input.Sealed.Chunks, input.Sealed.Records, input.Sealed.Bytes),
            Spool = new SpoolReading(input.Spool.Count, input.Spool.Bytes, input.SpoolMaxSize, input.Spool.OldestSealed, input.Spool.FullReason, input.Spool.WriteTrouble),
            Uploads = new UploadReading(input.Counters.Chunks, input.Counters.Records, input.Counters.ObjectBytes, trouble is null ? null : at - time.GetElapsedTime(trouble.Since), trouble?.Reason, trouble is { NeedsAdministrator: true }),
            Chain = new ChainReading(
                head.Lineage.ToString(),
                input.Counters.Epoch is > 0 and var epoch ? epoch : null,
                Enum.GetValues<ManifestKind>().ToDictionary(kind => kind.Text(), input.Counters.ManifestsOf),
                head is { Newest: { } newest, Confirmed: { } confirmed } ? new ConfirmedReading(newest.Epoch, newest.Sequence, newest.PayloadSha256.ToString(), confirmed) : null),
            Gaps = Enum.GetValues<GapCause>().ToDictionary(cause => cause.Text(), input.Sealed.Gaps),
        };
    }
}
