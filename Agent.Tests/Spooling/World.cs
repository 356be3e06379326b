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

    public SpoolOptions Options => new() { Directory = State, MinFree = 0 };

    public Run Start(StepHook? hook = null, SpoolOptions? options = null) => new(this, new DurableFiles(hook), options ?? Options);

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
