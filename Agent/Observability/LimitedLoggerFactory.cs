using Microsoft.Extensions.Logging;

namespace Sealtail.Observability;

/// <summary>
/// Loggers for one stream that name it in every message's scope and keep a fault that goes on from filling the log: of one event there is one warning, or
/// ten errors, a minute; the next one then says how many were left out. What is only information, and what is critical, always passes.
/// </summary>
internal sealed class LimitedLoggerFactory(ILoggerFactory inner, TimeProvider time, string? stream = null) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new LimitedLogger(inner.CreateLogger(categoryName), stream, time);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>The inner factory is its owner's.</summary>
    public void Dispose()
    {
    }
}
