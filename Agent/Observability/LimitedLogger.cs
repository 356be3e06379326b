using Microsoft.Extensions.Logging;

namespace Sealtail.Observability;

/// <summary>See <see cref="LimitedLoggerFactory"/>.</summary>
internal sealed class LimitedLogger(ILogger inner, string? stream, TimeProvider time) : ILogger
{
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    public const int Warnings = 1;
    public const int Errors = 10;

    private readonly Lock gate = new(); // guards windows and what is in them
    private readonly Dictionary<EventId, Passed> windows = [];
    private readonly StreamScope scope = new(stream ?? "");

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var leftOut = 0;
        if (logLevel is LogLevel.Warning or LogLevel.Error && !MayPass(eventId, logLevel == LogLevel.Warning ? Warnings : Errors, out leftOut)) return;
        using var named = stream is null ? null : inner.BeginScope(scope);
        inner.Log(logLevel, eventId, state, exception, leftOut == 0 ? formatter : (of, why) => $"{formatter(of, why)} (repeated {leftOut} times since the last of these)");
    }

    private bool MayPass(EventId what, int most, out int leftOut)
    {
        leftOut = 0;
        lock (gate)
        {
            if (!windows.TryGetValue(what, out var passed) || time.GetElapsedTime(passed.Since) >= Window)
            {
                leftOut = passed.LeftOut;
                windows[what] = new Passed(time.GetTimestamp(), 1, 0);
                return true;
            }

            var may = passed.Count < most;
            windows[what] = may ? passed with { Count = passed.Count + 1 } : passed with { LeftOut = passed.LeftOut + 1 };
            return may;
        }
    }

    private readonly record struct Passed(long Since, int Count, int LeftOut);

    /// <summary>A member of the JSON, or the bare name in text.</summary>
    private sealed class StreamScope(string stream) : List<KeyValuePair<string, object?>>([new("Stream", stream)])
    {
        public override string ToString() => stream;
    }
}
