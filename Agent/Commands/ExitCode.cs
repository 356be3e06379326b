namespace Sealtail.Commands;

/// <summary>What the process tells its caller: the table in README.md.</summary>
internal static class ExitCode
{
    /// <summary>Done; for verify: every requested interval is proven.</summary>
    public const int Done = 0;

    /// <summary>Refuted: tampering or an integrity failure is proven (verify, verify-proof), an attempt was not refused (drill), a bucket is not as it should be (bucket check). No other verb may return it.</summary>
    public const int Refuted = 1;

    /// <summary>The command line, the configuration, a key or a trust file is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Nothing can be concluded; for <c>run --once</c>: parked.</summary>
    public const int Inconclusive = 3;

    /// <summary>Only warnings, with <c>--strict</c>.</summary>
    public const int Warnings = 4;

    /// <summary>A fault of the program itself (EX_SOFTWARE of sysexits.h): never mistaken for a verdict.</summary>
    public const int Fault = 70;

    /// <summary>Ended by SIGINT, as shells report it.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM, as shells report it.</summary>
    public const int Terminated = 143;
}
