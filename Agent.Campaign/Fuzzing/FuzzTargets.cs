using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.Configuration;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Spooling;
using Sealtail.Tailing;
using Sealtail.Verifying;

namespace Sealtail.Campaign;

/// <summary>What is fuzzed, by name. Each takes any bytes; an exception that comes out of it is a finding.</summary>
internal static class FuzzTargets
{
    private static readonly StreamName Stream = StreamName.Create("prod-eu1", "cp-1", "audit");
    private static readonly ConfigurationEnvironment Environment = ConfigurationEnvironment.OfThisProcess();

    public static IReadOnlyDictionary<string, Action<byte[]>> All { get; } = new Dictionary<string, Action<byte[]>>
    {
        ["envelope"] = EnvelopeAndPayload,
        ["payload"] = bytes => Refusing<FormatException>(() => Parse(bytes)),
        ["state"] = StateFile,
        ["head"] = bytes => Refusing<FormatException>(() => HeadDocument.Parse(bytes)), // behind the checksum
        ["record"] = bytes => Refusing<FormatException>(() => EntryRecord.Parse(new Frame(FrameKind.Entry, Frame.CurrentVersion, 1, bytes))),
        ["reader-state"] = ReaderState,
        ["yaml"] = bytes => Refusing<ConfigurationException>(() => ConfigurationLoader.Parse(Encoding.UTF8.GetString(bytes), "fuzz.yaml", "/etc", Environment)),
        ["gzip"] = Gzip,
        ["backup"] = Backup,
        ["gcs"] = GcsReplies,
    };

    private static void EnvelopeAndPayload(byte[] bytes) => Refusing<FormatException>(() => Parse(Envelope.Parse(bytes).Payload));

    // What was read must be written back as a payload that reads the same.
    private static void Parse(ReadOnlyMemory<byte> payload)
    {
        var manifest = ManifestReader.Parse(payload);
        var again = ManifestReader.Parse(ManifestWriter.ToPayload(manifest));
        if (!ManifestWriter.ToPayload(again).AsSpan().SequenceEqual(ManifestWriter.ToPayload(manifest))) throw new InvalidOperationException("Writing and reading a manifest changes it.");
    }

    // Any bytes as one of a state directory's files: the spool opens, and says what it lost. The first byte says which file.
    private static void StateFile(byte[] bytes)
    {
        if (bytes.Length == 0) return;
        using var folder = new Scratch();
        var options = new SpoolOptions { Directory = folder.Path, MinFree = 0, AllowVolatile = true };
        Refusing<SpoolException>(() =>
        {
            using (Open(options)) { }
            File.WriteAllBytes(Path.Combine(folder.Path, (bytes[0] % 3) switch { 0 => "chain", 1 => "000000000000.entry", _ => "000000000001.entry" }), bytes[1..]);
            using (Open(options)) { }
            using (Open(options)) { }
        });
    }

    private static Spool Open(SpoolOptions options) => Spool.Open(options, Stream, "gs://audit", new DurableFiles(), TimeProvider.System, NullLogger.Instance);

    private static void ReaderState(byte[] bytes)
    {
        try
        {
            TailState.Read(bytes, _ => { });
        }
        catch (Exception e) when (e is FormatException or NewerStateException)
        {
        }
    }

    private static void Gzip(byte[] bytes)
    {
        using var member = new GzipMember(new MemoryStream(bytes), bytes.Length);
        if (member.ReadHeader() is not null) return;
        Refusing<InvalidDataException>(() =>
        {
            using var inflate = new DeflateStream(member, CompressionMode.Decompress);
            var buffer = new byte[4096];
            for (var total = 0; total < 1 << 22 && inflate.Read(buffer) is > 0 and var read; total += read) { }
        });
    }

    // Any bytes as a compressed backup beside a live log: read to the end, or declared damaged, and never in the way of what comes after it.
    private static void Backup(byte[] bytes)
    {
        using var folder = new Scratch();
        var backup = Path.Combine(folder.Path, "audit-2026-11-22T09-00-00.000.log.gz");
        File.WriteAllBytes(backup, bytes);
        File.SetLastWriteTimeUtc(backup, DateTime.UnixEpoch); // it has stood still for long
        File.WriteAllText(Path.Combine(folder.Path, "audit.log"), "{}\n");
        using var tailer = Tailer.Open(new TailOptions { Path = Path.Combine(folder.Path, "audit.log"), PollInterval = TimeSpan.FromHours(1) }, null, TimeProvider.System, NullLogger.Instance);
        string? last = null;
        for (var taken = 0L; taken < 1 << 24 && tailer.Read() is { Kind: not TailStepKind.Idle } step; taken += step.Length)
        {
            if (step.Kind == TailStepKind.Bytes) last = Encoding.Latin1.GetString(step.Buffer.AsSpan(step.Start, step.Length));
            tailer.Advance(step.Length);
            if (taken > 1 << 23) return; // a bomb, read as a stream
        }

        if (last?.EndsWith("{}\n", StringComparison.Ordinal) != true) throw new InvalidOperationException("A backup stands in the way of the live log.");
    }

    private static void GcsReplies(byte[] bytes)
    {
        GcsError.Parse(bytes);
        ObjectReply.TryParse(bytes);
        Refusing<JsonException>(() => ObjectReply.ParsePage(bytes));
        Refusing<JsonException>(() => RetentionReply.Parse(bytes));
    }

    private static void Refusing<T>(Action action) where T : Exception
    {
        try
        {
            action();
        }
        catch (T)
        {
            // as its contract says
        }
    }

    private sealed class Scratch : IDisposable
    {
        public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath(), $"sealtail-fuzz-{Guid.NewGuid():N}")).FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
