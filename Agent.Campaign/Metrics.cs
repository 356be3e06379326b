using System.Globalization;

namespace Sealtail.Campaign;

/// <summary>A page of metrics as Prometheus reads it.</summary>
internal sealed class Metrics(string page)
{
    /// <summary>The sum over all of the metric's series; 0 if there is none.</summary>
    public long Sum(string name, string label = "") => (long)page.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{' && line.Contains(label, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
