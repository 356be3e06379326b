using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs;

/// <summary>What <c>dotnet run --project Agent.FakeGcs -- …</c> was told.</summary>
internal sealed record CommandLine
{
    public const string Usage = """
        Usage: dotnet run --project Agent.FakeGcs -- [options]
          --port N             listen here (default 4443; 0 takes any free port)
          --listen ADDRESS     listen on this IP address (default 127.0.0.1)
          --bucket NAME        create this bucket; may repeat. The four below apply to all of them:
          --retention SPAN     retention policy, such as 365d, 12h, 30m, 90s
          --locked             lock that policy
          --versioning         turn object versioning on
          --object-retention   let objects carry a retention of their own
          --folder DIR         keep objects' bytes in files under DIR instead of in memory
          --hash-only          hash bytes and drop them: for shipping GiBs at it
          --no-md5             spend nothing on MD5; objects then have only a CRC32C
        """;

    public FakeGcsOptions Options { get; private init; } = new() { Port = 4443 };

    public BucketSettings Settings { get; private init; } = new();

    public IReadOnlyList<string> Buckets { get; private init; } = [];

    public bool Help { get; private init; }

    public static bool TryParse(string[] args, [NotNullWhen(true)] out CommandLine? line, out string? complaint)
    {
        (line, complaint) = (null, null);
        var parsed = new CommandLine();
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            if (parsed.With(args[i], value) is not var (next, takesValue))
            {
                complaint = $"{args[i]} {value} is not understood.";
                return false;
            }

            parsed = next;
            i += takesValue ? 1 : 0;
        }

        if (parsed.Settings is { Locked: true, Retention: null })
        {
            complaint = "--locked needs --retention: there would be no policy to lock.";
            return false;
        }

        line = parsed;
        return true;
    }

    private (CommandLine Line, bool TakesValue)? With(string option, string value) => option switch
    {
        "--help" or "-h" => (this with { Help = true }, false),
        "--port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue =>
            (this with { Options = Options with { Port = port } }, true),
        "--listen" when IPAddress.TryParse(value, out var address) => (this with { Options = Options with { Listen = address } }, true),
        "--bucket" when value.Length > 0 => (this with { Buckets = [.. Buckets, value] }, true),
        "--retention" when ParseSpan(value) is { } span => (this with { Settings = Settings with { Retention = span } }, true),
        "--locked" => (this with { Settings = Settings with { Locked = true } }, false),
        "--versioning" => (this with { Settings = Settings with { Versioning = true } }, false),
        "--object-retention" => (this with { Settings = Settings with { ObjectRetention = true } }, false),
        "--folder" when value.Length > 0 => (this with { Options = Options with { Retain = Retain.Disk, Folder = value } }, true),
        "--hash-only" => (this with { Options = Options with { Retain = Retain.HashOnly } }, false),
        "--no-md5" => (this with { Options = Options with { Md5 = false } }, false),
        _ => null,
    };

    private static TimeSpan? ParseSpan(string text)
    {
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            return null;

        return text[^1] switch
        {
            'd' => TimeSpan.FromDays(number),
            'h' => TimeSpan.FromHours(number),
            'm' => TimeSpan.FromMinutes(number),
            's' => TimeSpan.FromSeconds(number),
            _ => null,
        };
    }
}
