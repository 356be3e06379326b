using System.Diagnostics.Metrics;

namespace Sealtail.Observability;

/// <summary>
/// Every instrument there is, under the name that <c>/metrics</c> shows; docs/operations.md explains each. Most are read off the status when they are
/// asked for; only uploads are told here as they happen.
/// </summary>
internal sealed class AgentMeter : IDisposable
{
    // From a small manifest on a near bucket to a large chunk on a slow line.
    private static readonly double[] UploadBounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly Counter<long> uploads;
    private readonly Histogram<double> uploadSeconds;

    /// <param name="status">Called for each instrument of each scrape: it must be cheap.</param>
    public AgentMeter(Func<AgentStatus> status)
    {
        // The agent.
        Gauge("sealtail_build_info", "1, with the version as a label.", () => [new(1, Label("version", status().Version))]);
        Gauge("sealtail_start_time_seconds", "When the agent started, in Unix time.", () => [new(Unix(status().Started))]);
        Gauge("sealtail_ready", "1 if /readyz says 200.", () => [new(status().Ready ? 1 : 0)]);
        Gauge("sealtail_unready", "Reasons not to be ready, by cause.", () => Enum.GetValues<UnreadyCause>().Select(cause => cause.Text())
            .Select(cause => new Measurement<double>(status().Reasons.Count(reason => reason.Cause == cause), Label("cause", cause))));
        Gauge("process_resident_memory_bytes", "Resident memory.", () => [new(Environment.WorkingSet)]);
        Counter("process_cpu_seconds_total", "CPU time used.", () => [new(Environment.CpuUsage.TotalTime.TotalSeconds)]);

        // Reading.
        OfStream(Counter, "sealtail_source_bytes_total", "Log bytes sealed into the spool.", stream => stream.Sealed.Bytes);
        OfStream(Counter, "sealtail_source_records_total", "Log records sealed into the spool.", stream => stream.Sealed.Records);
        OfStream(Gauge, "sealtail_lag_bytes", "Log bytes on disk that were not read yet.", stream => stream.Source.LagBytes);
        OfStream(Gauge, "sealtail_held_bytes", "Bytes of deleted log files that only the agent's descriptors keep on disk.", stream => stream.Source.HeldBytes);
        OfStream(Counter, "sealtail_rotations_total", "Log files read to their end.", stream => stream.Source.Rotations);
        OfStream(Counter, "sealtail_late_writes_total", "Finished log files that were seen to grow.", stream => stream.Source.LateWrites);
        ByLabel(Gauge, "sealtail_source_state", "1 for the state the live log is in.", "state", stream => SourceStates.Select(state => (state, state == stream.Source.State ? 1L : 0L)));
        ByLabel(Counter, "sealtail_gaps_total", "Gaps declared: bytes that are lost, or may be.", "cause", stream => stream.Gaps.Select(gap => (gap.Key, gap.Value)));

        // The spool.
        OfStream(Counter, "sealtail_chunks_sealed_total", "Chunks sealed into the spool.", stream => stream.Sealed.Chunks);
        OfStream(Gauge, "sealtail_spool_entries", "Entries in the spool.", stream => stream.Spool.Entries);
        OfStream(Gauge, "sealtail_spool_bytes", "Compressed bytes in the spool.", stream => stream.Spool.Bytes);
        OfStream(Gauge, "sealtail_spool_max_bytes", "The spool's quota.", stream => stream.Spool.MaxBytes);
        OfStream(Gauge, "sealtail_spool_full", "1 while reading waits for room.", stream => stream.Spool.FullReason is null ? 0 : 1);
        Gauge("sealtail_oldest_unshipped_seconds", "Age of the oldest entry in the spool; 0 without entries.", () => status() is var now ? now.Streams
            .Select(stream => new Measurement<double>(stream.Spool.Oldest is { } oldest ? Math.Max(0, (now.At - oldest).TotalSeconds) : 0, Label("stream", stream.Stream))) : []);

        // Shipping.
        uploads = Meter.CreateCounter<long>("sealtail_uploads_total", description: "Upload attempts by result.");
        uploadSeconds = Meter.CreateHistogram("sealtail_upload_seconds", description: "Duration of upload attempts that the store confirmed.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = UploadBounds });
        OfStream(Gauge, "sealtail_upload_parked", "1 while uploads wait for an administrator.", stream => stream.Uploads.Parked ? 1 : 0);
        Gauge("sealtail_upload_failing_seconds", "Time since uploads began to fail; 0 if the last attempt succeeded.", () => status() is var now ? now.Streams
            .Select(stream => new Measurement<double>(stream.Uploads.FailingSince is { } since ? Math.Max(0, (now.At - since).TotalSeconds) : 0, Label("stream", stream.Stream))) : []);
        OfStream(Counter, "sealtail_chunks_shipped_total", "Chunks confirmed by the store with their manifests.", stream => stream.Uploads.Chunks);
        OfStream(Counter, "sealtail_records_shipped_total", "Log records in them.", stream => stream.Uploads.Records);
        OfStream(Counter, "sealtail_object_bytes_shipped_total", "Compressed bytes in them.", stream => stream.Uploads.ObjectBytes);

        // The destination.
        Gauge("sealtail_retention_state", "1 for the state that the bucket's retention is in.", () => RetentionReading.States
            .Select(state => new Measurement<double>(state == status().Destination.Retention.State ? 1 : 0, Label("state", state))));
        Counter("sealtail_retention_violating_uploads_total", "Objects that the store keeps for too short a time.", () => [new(status().Destination.Retention.ViolatingUploads)]);
        Gauge("sealtail_token_expiry_seconds", "Time until the access token in hand ends.", () => status() is { Destination.Credential.Expires: { } expires } now ? [new((expires - now.At).TotalSeconds)] : []);

        // The chain.
        OfStream(Gauge, "sealtail_epoch", "The epoch that this run claimed; 0 before.", stream => stream.Chain.Epoch ?? 0);
        OfStream(Gauge, "sealtail_sequence", "Sequence of the newest confirmed manifest in its epoch.", stream => stream.Chain.LastConfirmed?.Sequence ?? 0);
        ByLabel(Counter, "sealtail_manifests_total", "Manifests confirmed by the store.", "kind", stream => stream.Chain.Manifests.Select(kind => (kind.Key, kind.Value)));
        OfStream(Gauge, "sealtail_last_confirmed_timestamp_seconds", "When the newest manifest was confirmed, in Unix time; 0 if none ever was.", stream => stream.Chain.LastConfirmed is { } last ? Unix(last.At) : 0);

        void OfStream(Action<string, string, Func<IEnumerable<Measurement<double>>>> kind, string name, string description, Func<StreamStatus, double> value) =>
            kind(name, description, () => status().Streams.Select(stream => new Measurement<double>(value(stream), Label("stream", stream.Stream))));

        void ByLabel(Action<string, string, Func<IEnumerable<Measurement<double>>>> kind, string name, string description, string label, Func<StreamStatus, IEnumerable<(string Value, long Count)>> values) =>
            kind(name, description, () => status().Streams.SelectMany(stream => values(stream).Select(each => new Measurement<double>(each.Count, Label("stream", stream.Stream), Label(label, each.Value)))));
    }

    /// <summary>The states that <see cref="SourceReading.State"/> can have.</summary>
    public static IReadOnlyList<string> SourceStates { get; } = ["idle", "missing", "unreadable", "blocked"];

    public Meter Meter { get; } = new(AgentVersion.Name);

    /// <param name="stream">Whose upload it was.</param>
    /// <param name="result">created, exists, or the fault.</param>
    /// <param name="confirmedAfter">Of an attempt that the store confirmed.</param>
    public void Uploaded(string stream, string result, TimeSpan? confirmedAfter)
    {
        uploads.Add(1, Label("stream", stream), Label("result", result));
        if (confirmedAfter is { } elapsed) uploadSeconds.Record(elapsed.TotalSeconds, Label("stream", stream));
    }

    public void Dispose() => Meter.Dispose();

    private void Gauge(string name, string description, Func<IEnumerable<Measurement<double>>> read) => Meter.CreateObservableGauge(name, read, description: description);

    private void Counter(string name, string description, Func<IEnumerable<Measurement<double>>> read) => Meter.CreateObservableCounter(name, read, description: description);

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    private static double Unix(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;
}
