using System.Diagnostics;
using SharpFuzz;

namespace Sealtail.Campaign;

/// <summary>
/// Bytes from elsewhere against everything that parses them. A target may refuse them in the one way that its contract names; whatever else it throws is a
/// finding. Under AFL the assemblies are instrumented and coverage leads; in this process chance alone does, over the committed corpus.
/// </summary>
internal static class Fuzz
{
    public static IEnumerable<string> Targets => FuzzTargets.All.Keys;

    /// <summary>For afl-fuzz: one input after the other, in this process.</summary>
    public static int Afl(string target)
    {
        // Instrumented code counts into memory that Run maps: nothing of the program may be called before.
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            FuzzTargets.All[target](bytes.ToArray());
        });
        return 0;
    }

    /// <summary>One input again: 0 if the target takes it or refuses it as it should.</summary>
    public static int One(string target, string file)
    {
        FuzzTargets.All[target](File.ReadAllBytes(file));
        return 0;
    }

    public static int Run(string target, Options options)
    {
        var run = FuzzTargets.All[target];
        var seed = options.Number("seed", Random.Shared.Next());
        var random = new Random(seed);
        var corpus = Directory.GetFiles(options.Value("corpus") ?? Path.Combine(AppContext.BaseDirectory, "corpus", target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        var limit = TimeSpan.FromSeconds(options.Number("seconds", 60));
        var began = TimeProvider.System.GetTimestamp();
        var slowest = TimeSpan.Zero;
        long runs = 0;
        for (; TimeProvider.System.GetElapsedTime(began) < limit; runs++)
        {
            var input = Mutation.Of(corpus, random);
            var at = TimeProvider.System.GetTimestamp();
            try
            {
                run(input);
            }
            catch (Exception e)
            {
                var file = $"finding-{target}-{seed}-{runs}";
                File.WriteAllBytes(file, input);
                Console.Error.WriteLine($"{target}: seed {seed}, run {runs}, kept as {file}: {e}");
                return 1;
            }

            if (TimeProvider.System.GetElapsedTime(at) is var took && took > slowest) slowest = took;
        }

        Console.WriteLine($"fuzz {target}: no finding in {runs} runs, {limit.TotalSeconds:0} s, seed {seed}; slowest {slowest.TotalMilliseconds:0} ms");
        return 0;
    }
}
