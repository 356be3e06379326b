namespace Sealtail.Tests.Support;

/// <summary>Thrown by a step hook: the process is dead from here on.</summary>
internal sealed class CrashException : Exception;
