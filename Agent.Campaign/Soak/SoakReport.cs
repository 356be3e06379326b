using System.Globalization;
using System.Text;

namespace Sealtail.Campaign;

/// <summary>A soak's samples as <c>soak.csv</c>, and as a plot that a browser shows: <c>soak.svg</c>.</summary>
internal static class SoakReport
{
    private const int Width = 1000;
    private const int Height = 130;

    public static void Write(string folder, IReadOnlyList<SoakSample> samples)
    {
        var csv = new StringBuilder("seconds,lag_bytes,spool_bytes,resident_bytes,descriptors,held_bytes,trouble\n");
        foreach (var s in samples) csv.Append(CultureInfo.InvariantCulture, $"{s.Seconds:0.0},{s.Lag},{s.Spool},{s.Memory},{s.Descriptors},{s.Held},{s.Trouble}\n");
        File.WriteAllText(Path.Combine(folder, "soak.csv"), csv.ToString());
        File.WriteAllText(Path.Combine(folder, "soak.svg"), Plot(samples));
    }

    private static string Plot(IReadOnlyList<SoakSample> samples)
    {
        (string Title, Func<SoakSample, double> Value, double Unit)[] panels =
        [
            ("resident memory, MiB", sample => sample.Memory, 1048576), ("open descriptors", sample => sample.Descriptors, 1),
            ("lag, KiB", sample => sample.Lag, 1024), ("spool, KiB", sample => sample.Spool, 1024),
        ];
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width + 20}\" height=\"{(Height + 40) * panels.Length}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (var i = 0; i < panels.Length; i++) Panel(svg, samples, panels[i].Title, panels[i].Value, panels[i].Unit, 10 + (i * (Height + 40)));
        return svg.Append("</svg>\n").ToString();
    }

    // Grey behind the line: something was wrong on purpose.
    private static void Panel(StringBuilder svg, IReadOnlyList<SoakSample> samples, string title, Func<SoakSample, double> value, double unit, int top)
    {
        var seconds = Math.Max(1, samples.Select(sample => sample.Seconds).DefaultIfEmpty(1).Max());
        var most = Math.Max(1, samples.Select(value).DefaultIfEmpty(1).Max());
        for (var i = 0; i < samples.Count; i++)
        {
            if (samples[i].Trouble.Length == 0) continue;
            var first = i;
            while (i + 1 < samples.Count && samples[i + 1].Trouble.Length > 0) i++;
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{X(samples[first]):0.0}\" y=\"{top + 15}\" width=\"{X(samples[i]) - X(samples[first]) + 2.5:0.0}\" height=\"{Height}\" fill=\"#eee\"/>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"10\" y=\"{top + 10}\">{title} (0 to {most / unit:0.#}, {seconds / 60:0.#} minutes)</text>\n<polyline fill=\"none\" stroke=\"#0b5394\" points=\"");
        foreach (var sample in samples) svg.Append(CultureInfo.InvariantCulture, $"{X(sample):0.0},{top + 15 + Height - (value(sample) / most * Height):0.0} ");
        svg.Append(CultureInfo.InvariantCulture, $"\"/>\n<rect x=\"10\" y=\"{top + 15}\" width=\"{Width}\" height=\"{Height}\" fill=\"none\" stroke=\"#999\"/>\n");

        double X(SoakSample sample) => 10 + (sample.Seconds / seconds * Width);
    }
}
