using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Sealtail.Observability;

namespace Sealtail.Tests.Observability;

internal sealed partial class LimitedLoggerTests
{
    private readonly FakeTimeProvider time = new();
    private readonly Written written = new();

    [Test]
    public void Of_one_warning_there_is_one_a_minute_and_the_next_says_how_many_were_left_out()
    {
        var logger = Logger("s");
        for (var attempt = 0; attempt < 100; attempt++)
        {
            LogFailed(logger, attempt);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(written.Lines, Is.EqualTo(new[] { "[s] Upload 0 failed", "[s] Upload 60 failed (repeated 59 times since the last of these)" }));
    }

    [Test]
    public void Different_warnings_do_not_hold_each_other_back()
    {
        var logger = Logger("s");
        LogFailed(logger, 1);
        LogFull(logger);

        Assert.That(written.Lines, Is.EqualTo(new[] { "[s] Upload 1 failed", "[s] Full" }));
    }

    [Test]
    public void Streams_do_not_hold_each_other_back()
    {
        var factory = new Lines(written);
        foreach (var stream in new[] { "a", "b" }) LogFailed(new LimitedLoggerFactory(factory, time, stream).CreateLogger("c"), 1);

        Assert.That(written.Lines, Is.EqualTo(new[] { "[a] Upload 1 failed", "[b] Upload 1 failed" }));
    }

    [Test]
    public void Of_one_error_there_are_ten_a_minute()
    {
        var logger = Logger("s");
        for (var i = 0; i < 15; i++) LogGap(logger, i);
        time.Advance(LimitedLogger.Window);
        LogGap(logger, 15);

        Assert.That(written.Lines, Has.Count.EqualTo(11));
        Assert.That(written.Lines[^1], Is.EqualTo("[s] Gap 15 (repeated 5 times since the last of these)"));
    }

    [Test]
    public void Information_and_what_is_critical_always_pass()
    {
        var logger = Logger("s");
        for (var i = 0; i < 50; i++)
        {
            LogShipped(logger, i);
            LogDied(logger, i);
        }

        Assert.That(written.Lines, Has.Count.EqualTo(100));
    }

    [Test]
    public void Without_a_stream_there_is_no_scope()
    {
        LogFull(Logger(null));

        Assert.That(written.Lines, Is.EqualTo(new[] { "Full" }));
    }

    private ILogger Logger(string? stream) => new LimitedLoggerFactory(new Lines(written), time, stream).CreateLogger("c");

    [LoggerMessage(Level = LogLevel.Warning, Message = "Upload {Attempt} failed")]
    private static partial void LogFailed(ILogger logger, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Full")]
    private static partial void LogFull(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "Gap {Number}")]
    private static partial void LogGap(ILogger logger, int number);

    [LoggerMessage(Level = LogLevel.Information, Message = "Shipped {Number}")]
    private static partial void LogShipped(ILogger logger, int number);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Died {Number}")]
    private static partial void LogDied(ILogger logger, int number);

    private sealed class Lines(Written written) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => written;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    /// <summary>A log in memory: each message behind the scopes that were open.</summary>
    private sealed class Written : ILogger
    {
        private readonly List<string> scopes = [];

        public List<string> Lines { get; } = [];

        public IDisposable BeginScope<TState>(TState state) where TState : notnull
        {
            scopes.Add($"{state}");
            return new Scope(scopes);
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(string.Concat(scopes.Select(scope => $"[{scope}] ")) + formatter(state, exception));

        private sealed class Scope(List<string> scopes) : IDisposable
        {
            public void Dispose() => scopes.RemoveAt(scopes.Count - 1);
        }
    }
}
