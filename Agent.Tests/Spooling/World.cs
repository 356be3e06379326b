using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sealtail.Chaining;
using Sealtail.Files;
using Sealtail.Format;
using Sealtail.Spooling;

namespace Sealtail.Tests.Spooling;

/// <summary>A log, a state directory on a real disk and a write-once store, for runs of spool and chain to work in. All of it survives a run.</summary>
internal sealed class World : IDisposable
{
    public static readonly StreamName Stream = StreamName.Create("prod-eu1", "cp-1", "audit");
    public const string BucketLocation = "gs://acme-audit/k8s";

    public World(string? parent = null)
    {
        Root = Path.Combine(parent ?? Path.GetTempPath(), $"sealtail-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Root);
        Key = SigningKey.Generate(Path.Combine(Root, "signing.pem"));
        State = Path.Combine(Root, "state", "audit");
    }

    public string Root { get; }

    public string State { get; set; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };

    public SigningKey Key { get; }

    /// <summary>Object name to bytes: created once, never changed.</summary>
    public Dictionary<string, byte[]> Store { get; } = [];

    /// <summary>The log files that the reader sees, by number from 1; all but the last are final.</summary>
    public List<byte[]> Log { get; } = [[]];

    /// <summary>For tests of thousands of starts: power cuts are simulated, so that nothing needs to reach a disk.</summary>
    public static World InMemory(TimeSpan? checkpointAge = null) => new(Directory.Exists("/dev/shm") ? "/dev/shm" : null) { CheckpointAge = checkpointAge ?? TimeSpan.FromHours(1) };

    public SpoolOptions Options => new() { Directory = State, MinFree = 0, AllowVolatile = true };

    public Run Start(StepHook? hook = null, SpoolOptions? options = null) => new(this, new DurableFiles(hook), options ?? Options);

    /// <summary>How long after a manifest a checkpoint covers it, if not sooner.</summary>
    public TimeSpan CheckpointAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>kube-apiserver writes.</summary>
    public void Write(int records)
    {
        var text = new StringBuilder();
        for (var i = 0; i < records; i++) text.Append($"{{\"auditID\":\"{Log.Count}-{Log[^1].Length}-{i}\",\"stage\":\"ResponseComplete\"}}\n");
        Log[^1] = [.. Log[^1], .. Encoding.UTF8.GetBytes(text.ToString())];
    }

    /// <summary>kube-apiserver rotates.</summary>
    public void Rotate() => Log.Add([]);

    /// <summary>Create-if-absent; false: the name was there.</summary>
    public bool Put(string name, byte[] bytes) => Store.TryAdd(name, [.. bytes]);

    /// <summary>The reader's position in the newest whole record on disk, read without recovery.</summary>
    public (int File, int Offset) Committed()
    {
        if (!Directory.Exists(State)) return (1, 0);
        var newest = Directory.GetFiles(State, "*.entry").Order(StringComparer.Ordinal).LastOrDefault();
        return newest is not null && Frame.Parse(File.ReadAllBytes(newest), FrameKind.Entry) is { } frame ? Run.Position(EntryRecord.Parse(frame).ReaderState) : (1, 0);
    }

    /// <summary>What entry files there are, by kind, in order of names.</summary>
    public IEnumerable<string> EntryFiles() =>
        Directory.GetFiles(State).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)
            .Select(name => EntryFile.TryParse(name, out var file) ? file.Part.ToString().ToLowerInvariant() : name)
            .Where(name => name is not ("chain" or "lock"));

    /// <summary>An epoch's start that this state directory knows nothing of.</summary>
    public byte[] ForeignStart(long epoch)
    {
        var time = Time.GetUtcNow();
        var payload = ManifestWriter.ToPayload(new Manifest
        {
            Subject = new Subject("key", Key.Public.KeyId),
            Stream = Stream,
            Lineage = Guid.NewGuid(),
            Epoch = epoch,
            Sequence = 0,
            Kind = ManifestKind.EpochStart,
            Log = new LogState(0, MerkleTree.EmptyRoot),
            Signed = time,
            Entry = new EntryFacts { Sealed = time, Sources = [], Gaps = [] },
            Totals = default,
            Receipts = [],
            Agent = new AgentVersion("sealtail", "1.0"),
            Start = new EpochStart { Cause = StartCause.FirstStart, PreviousEpoch = null, Skipped = [], PublicKey = Key.Public.Spki, Policy = Run.ChainOptions.Policy, Host = new HostIdentity("cc", "dd") },
        });
        return new Envelope(payload, [new EnvelopeSignature(Key.Public.KeyId.ToString(), Key.Sign(payload))]).ToBytes();
    }

    public SourceRange Range(int file, int from, int to) => new()
    {
        File = file,
        Path = $"/var/log/kubernetes/audit-{file}.log",
        Device = 2049,
        Inode = (ulong)(131000 + file),
        Fingerprint = Fingerprint.Of(Log[file - 1].AsSpan()),
        From = from,
        To = to,
        Final = file < Log.Count && to == Log[file - 1].Length,
    };

    public static byte[] Gunzip(byte[] bytes)
    {
        using var plain = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress)) gzip.CopyTo(plain);
        return plain.ToArray();
    }

    public void Dispose()
    {
        Key.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
