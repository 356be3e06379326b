using Microsoft.Extensions.Hosting;
using Sealtail.Buckets;

namespace Sealtail.Hosting;

/// <summary>Looks at the destination's retention at start and from then on, beside all inputs.</summary>
internal sealed class RetentionService(RetentionMonitor monitor, IBucket bucket) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => monitor.WatchAsync(bucket, stoppingToken);
}
