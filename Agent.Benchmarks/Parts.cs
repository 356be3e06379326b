using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Sealtail.Format;
using Sealtail.Sealing;

namespace Sealtail.Benchmarks;

/// <summary>Single stages of the hot path, with BenchmarkDotNet.</summary>
[MemoryDiagnoser]
public class Parts
{
    private static readonly RecordHasher Hasher = new(); // for the life of the process

    private byte[] line = [];
    private byte[] block = [];

    internal static int Run(string[] arguments)
    {
        BenchmarkSwitcher.FromTypes([typeof(Parts)]).Run(arguments.Length == 0 ? ["--filter", "*"] : arguments);
        return 0;
    }

    [GlobalSetup]
    public void Setup()
    {
        line = [0xEE, .. Enumerable.Repeat((byte)'x', 1200), (byte)'\n'];
        block = new byte[256 * 1024];
        new Random(1).NextBytes(block);
    }

    [Benchmark]
    public void LeafOfOneRecord() => Hasher.AddRecord(line, 1, line.Length - 1);

    [Benchmark]
    public uint Crc32COf256KiB() => Crc32C.Of(block).Value;

    [Benchmark]
    public int LineFeedScanOf256KiB() => block.AsSpan().Count((byte)'\n');
}
