using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Sealtail.Format;

namespace Sealtail.Benchmarks;

/// <summary>Single stages of the hot path, with BenchmarkDotNet.</summary>
[MemoryDiagnoser]
public class Parts
{
    private const int BatchRecords = 177; // of about 1.3 KB: what the reader lends at once

    private byte[] batch = [];
    private Extent[] records = [];
    private readonly RecordHashes hashes = new();
    private byte[] block = [];

    internal static int Run(string[] arguments)
    {
        BenchmarkSwitcher.FromTypes([typeof(Parts)]).Run(arguments.Length == 0 ? ["--filter", "*"] : arguments);
        return 0;
    }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var at = 1;
        records = new Extent[BatchRecords];
        for (var i = 0; i < BatchRecords; i++)
        {
            records[i] = new Extent(at, random.Next(600, 2000));
            at += records[i].Length;
        }

        batch = new byte[at];
        random.NextBytes(batch);
        block = new byte[256 * 1024];
        random.NextBytes(block);
    }

    /// <summary>Time per record: its leaf, and its part of the content's hash.</summary>
    [Benchmark(OperationsPerInvoke = BatchRecords)]
    public void Hash()
    {
        foreach (var record in records) hashes.Add(batch, record.Start, record.Length);
        hashes.HashAdded(batch);
    }

    [Benchmark]
    public uint Crc32COf256KiB() => Crc32C.Of(block).Value;

    [Benchmark]
    public int LineFeedScanOf256KiB() => block.AsSpan().Count((byte)'\n');
}
