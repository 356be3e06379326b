using Microsoft.Extensions.Logging;

namespace Sealtail.Configuration;

internal enum LogFormat { Json, Text }

/// <summary>What the agent says of itself on standard error (configuration <c>service.log</c>).</summary>
internal sealed record LogOptions(LogLevel Level, LogFormat Format);
