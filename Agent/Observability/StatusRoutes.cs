using System.Text;

namespace Sealtail.Observability;

/// <summary>What the status server answers.</summary>
internal sealed class StatusRoutes(Func<AgentStatus> status, Health health, PrometheusExporter metrics)
{
    public HttpReply Answer(string path) => path switch
    {
        "/metrics" => new HttpReply(200, PrometheusExporter.ContentType, Encoding.UTF8.GetBytes(metrics.Collect())),
        "/healthz" => health.Stuck.ToArray() is { Length: > 0 } stuck ? HttpReply.Text(503, Lines(stuck)) : HttpReply.Text(200, "ok\n"),
        "/readyz" => status().Reasons is { Count: > 0 } reasons ? HttpReply.Text(503, Lines(reasons.Select(reason => reason.ToString()))) : HttpReply.Text(200, "ready\n"),
        "/status" => new HttpReply(200, "application/json", AgentStatusJson.Write(status())),
        _ => HttpReply.Text(404, "There is /metrics, /healthz, /readyz and /status.\n"),
    };

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
