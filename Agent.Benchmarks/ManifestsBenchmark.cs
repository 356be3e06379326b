using System.Security.Cryptography;
using Sealtail.Format;

namespace Sealtail.Benchmarks;

/// <summary>
/// <c>verify --manifests-only</c> of a long epoch as a whole process, in turn with nothing but the signature verifications of the same manifests on all cores;
/// and its peak memory beside that of a quarter of them.
/// </summary>
internal static class ManifestsBenchmark
{
    public static int Run(Options options)
    {
        using var workspace = new Workspace(options);
        var count = options.Number("manifests", 40_000);
        var (many, few) = (workspace["many"], workspace["few"]);
        var key = ManifestCorpus.Make(many, count);
        var fewKey = ManifestCorpus.Make(few, count / 4);

        var signed = Load(many);
        var spki = SpkiOf(key);
        Pure(signed, spki); // warms up
        Console.WriteLine($"{count:N0} manifests, {Environment.ProcessorCount} cores");
        Console.WriteLine("run   verify: wall s   CPU s   manifests/s   peak MiB   of a quarter: peak MiB   pure: signatures/s   share");
        var shares = new List<double>();
        for (var run = 1; run <= options.Number("runs", 3); run++)
        {
            var pure = count / Pure(signed, spki);
            var verify = Measured.OfCommand(AgentProgram.Command(options, "verify", many, "--key", key, "--manifests-only"));
            var quarter = Measured.OfCommand(AgentProgram.Command(options, "verify", few, "--key", fewKey, "--manifests-only"));
            if (verify.ExitCode != 0 || quarter.ExitCode != 0) throw new InvalidOperationException($"A run failed: {verify}, {quarter}");
            var rate = count / verify.WallSeconds;
            shares.Add(rate / pure);
            Console.WriteLine($"{run,3}   {verify.WallSeconds,14:0.00}   {verify.CpuSeconds,5:0.00}   {rate,11:N0}   {verify.PeakMiB,8:0.0}   {quarter.PeakMiB,22:0.0}   {pure,18:N0}   {shares[^1],5:0.000}");
        }

        Console.WriteLine($"median share of the pure signature rate {shares.Order().ElementAt(shares.Count / 2):0.000} (goal: at least 0.8)");
        return 0;
    }

    private static (byte[] Message, byte[] Signature)[] Load(string bucket) =>
        [.. Directory.EnumerateFiles(Path.Combine(bucket, "v1", "manifests"), "*.dsse.json", SearchOption.AllDirectories)
            .Select(path => Envelope.Parse(File.ReadAllBytes(path)))
            .Select(envelope => (Envelope.PreAuthenticationEncoding(envelope.Payload), envelope.Signatures[0].Signature))];

    private static byte[] SpkiOf(string pem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(pem));
        return key.ExportSubjectPublicKeyInfo();
    }

    // Seconds by the clock, on all cores: .NET's own call, as anybody would write it, a key for each thread.
    private static double Pure((byte[] Message, byte[] Signature)[] signed, byte[] spki)
    {
        var begin = TimeProvider.System.GetTimestamp();
        Parallel.For(0, signed.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, () => Import(spki), (i, _, key) =>
        {
            if (!key.VerifyData(signed[i].Message, signed[i].Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) throw new InvalidOperationException($"Signature {i} does not hold.");
            return key;
        }, key => key.Dispose());
        return TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
    }

    private static ECDsa Import(byte[] spki)
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(spki, out _);
        return key;
    }
}
