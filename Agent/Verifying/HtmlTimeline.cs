using System.Globalization;
using System.Text;

namespace Sealtail.Verifying;

/// <summary>A stream's time as a bar. What is bad is drawn last and never thinner than the eye sees.</summary>
internal static class HtmlTimeline
{
    private const double Width = 1000;
    private const double Thinnest = 2;

    public static void Write(StringBuilder html, TimeRange whole, IReadOnlyList<TimelineSegment> segments, Func<TimelineState, string> color)
    {
        var length = Math.Max(1, (whole.To - whole.From).TotalSeconds);
        html.Append($"<svg viewBox=\"0 0 {Width} 26\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{Summary(segments)}\">");
        foreach (var segment in segments.OrderBy(segment => segment.State))
        {
            var x = (segment.Range.From - whole.From).TotalSeconds / length * Width;
            var width = (segment.Range.To - segment.Range.From).TotalSeconds / length * Width;
            if (segment.State >= TimelineState.Gap) width = Math.Max(width, Thinnest);
            html.Append($"<rect x=\"{Number(Math.Min(x, Width - width))}\" y=\"2\" width=\"{Number(width)}\" height=\"22\" fill=\"{color(segment.State)}\"><title>{segment.State.Text()}: {segment.Range}</title></rect>");
        }

        html.Append("</svg>\n");
    }

    private static string Summary(IReadOnlyList<TimelineSegment> segments) => string.Join(", ", segments
        .GroupBy(segment => segment.State).OrderBy(group => group.Key)
        .Select(group => $"{group.Key.Text()} {Duration.Print(group.Aggregate(TimeSpan.Zero, (sum, segment) => sum + (segment.Range.To - segment.Range.From)))}"));

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
