using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Sealtail.Observability;

/// <summary>
/// One meter in Prometheus' text format, version 0.0.4. Of our own: prometheus-net's MeterAdapter shows counters as gauges, puts the meter's name before
/// each name, forgets a series that was not touched for five minutes (a gap counted once would be gone before anyone looked), swallows faults, and makes
/// no promise to the trimmer.
/// </summary>
internal sealed class PrometheusExporter : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock gate = new(); // guards the families' series
    private readonly List<Family> families = []; // in the order of the meter's page; complete once the listener has started
    private readonly MeterListener listener = new();

    /// <param name="meter">With all of its instruments: what was told them before this is not counted.</param>
    public PrometheusExporter(Meter meter)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter != meter) return;
            var family = new Family(instrument);
            families.Add(family);
            self.EnableMeasurementEvents(instrument, family);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
        listener.Start();
    }

    /// <summary>The names of all metrics, in order.</summary>
    public IEnumerable<string> Names => families.Select(family => family.Name);

    public string Collect()
    {
        lock (gate)
        {
            foreach (var family in families) family.Forget();
            listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var family in families) family.Write(text);
            return text.ToString();
        }
    }

    public void Dispose() => listener.Dispose();

    private void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (gate) ((Family)family!).Record(value, tags); // enabled with it
    }

    /// <summary>All series of one name.</summary>
    private sealed class Family(Instrument instrument)
    {
        private readonly SortedDictionary<string, double> values = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, long[]> buckets = new(StringComparer.Ordinal);
        private readonly IReadOnlyList<double> bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries ?? [];

        private readonly string type = instrument switch
        {
            Counter<long> or ObservableCounter<double> => "counter",
            ObservableGauge<double> => "gauge",
            Histogram<double> => "histogram",
            _ => throw new InvalidOperationException($"{instrument.Name} is of a kind that is not exported."),
        };

        public string Name => instrument.Name;

        // A label that is gone must not stay for ever: what is read anew at each scrape is forgotten before it.
        public void Forget()
        {
            if (instrument.IsObservable) values.Clear();
        }

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = Labels(tags);
            values[labels] = instrument.IsObservable ? value : values.GetValueOrDefault(labels) + value;
            if (type != "histogram") return;
            if (!buckets.TryGetValue(labels, out var counts)) buckets[labels] = counts = new long[bounds.Count + 1];
            var bucket = 0;
            while (bucket < bounds.Count && value > bounds[bucket]) bucket++;
            counts[bucket]++;
        }

        public void Write(StringBuilder text)
        {
            if (values.Count == 0) return;
            text.Append($"# HELP {Name} {instrument.Description}\n# TYPE {Name} {type}\n");
            foreach (var (labels, value) in values)
            {
                if (type == "histogram") WriteHistogram(text, labels, value);
                else Line(text, Name, labels, value);
            }
        }

        private void WriteHistogram(StringBuilder text, string labels, double sum)
        {
            var count = 0L;
            for (var i = 0; i <= bounds.Count; i++)
            {
                count += buckets[labels][i];
                var bound = i < bounds.Count ? bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                Line(text, Name + "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", count);
            }

            Line(text, Name + "_sum", labels, sum);
            Line(text, Name + "_count", labels, count);
        }

        private static void Line(StringBuilder text, string name, string labels, double value)
        {
            text.Append(name);
            if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
            text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }

        private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = new StringBuilder();
            foreach (var (name, value) in tags)
            {
                var escaped = value?.ToString()?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
                labels.Append($"{(labels.Length > 0 ? "," : "")}{name}=\"{escaped}\"");
            }

            return labels.ToString();
        }
    }
}
