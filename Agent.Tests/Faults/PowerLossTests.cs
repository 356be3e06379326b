using System.Text;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Faults;

/// <summary>
/// Power cuts at every durable step of an agent's lives, each replayed in several of the states that the disk may then be in, with the log rolled back
/// in half of them. Then the apiserver appends, the agent starts, and everything that is on the disk must be in the record once.
/// </summary>
internal sealed class PowerLossTests
{
    [Test]
    public async Task Whatever_a_power_cut_leaves_is_recovered() => await CutAsync(Campaign.Seed(), states: 350);

    [Test]
    [Explicit]
    [Category(Campaign.Category)]
    public async Task Whatever_a_power_cut_leaves_is_recovered_from_ten_thousand_states()
    {
        var (states, moments, rolledBack) = await CutAsync(Campaign.Seed(), states: 10_500);
        Campaign.Tell($"{states} distinct states of the disk after power cuts at {moments} steps, {rolledBack} of them with the log rolled back: everything on the disk is in the record, chain whole");
    }

    private static async Task<(int States, int Moments, int RolledBack)> CutAsync(int seed, int states)
    {
        var random = new Random(seed);
        var seen = new HashSet<string>();
        var (moments, rolledBack) = (0, 0);
        while (seen.Count < states)
        {
            using var node = new Node();
            var life = await RecordAsync(node, random);
            moments += life.Count;
            var perMoment = Math.Max(2, Math.Min(40, (states - seen.Count) / life.Count + 1));
            foreach (var moment in life)
                for (var i = 0; i < perMoment && seen.Count < states; i++)
                {
                    var disk = moment.State.After(random);
                    var source = moment.Source.After(random, out var isRolledBack);
                    if (!seen.Add(PowerLossRecorder.Digest(disk, $"{source.Digest} {moment.Bucket.Names.Count} {moments}"))) continue;
                    if (isRolledBack) rolledBack++;
                    await RecoverAsync(node, moment, disk, source, isRolledBack, seed);
                }
        }

        return (seen.Count, moments, rolledBack);
    }

    // Three lives with a log that grows and rotates; what the world is like after each of their steps.
    private static async Task<List<(DiskMoment State, SourceMoment Source, MemoryBucket Bucket, SourceDisk Disk)>> RecordAsync(Node node, Random random)
    {
        var bucket = new MemoryBucket { HasStoreClock = false };
        var source = new SourceDisk(node);
        var life = new List<(DiskMoment, SourceMoment, MemoryBucket, SourceDisk)>();
        for (var i = 0; i < 3; i++)
        {
            node.Write(random.Next(1, 16));
            if (random.Next(2) == 0)
            {
                source.Look();
                node.Log.Rotate();
                node.Write(random.Next(1, 9));
            }

            var worlds = new List<(SourceMoment, MemoryBucket)>();
            var recorder = new PowerLossRecorder(node.State, _ =>
            {
                worlds.Add((source.Look(), bucket.Copy()));
                return true;
            });
            await node.OnceAsync(bucket, recorder.Hook);
            life.AddRange(recorder.Moments.Zip(worlds, (state, world) => (state, world.Item1, world.Item2, source)));
        }

        return life;
    }

    private static async Task RecoverAsync(
        Node node, (DiskMoment State, SourceMoment Source, MemoryBucket Bucket, SourceDisk Disk) moment, SortedDictionary<string, byte[]> disk, SourceMoment source, bool isRolledBack, int seed)
    {
        node.Log.Close();
        moment.Disk.Restore(source);
        Directory.Delete(node.State, recursive: true);
        Directory.CreateDirectory(node.State);
        foreach (var (name, bytes) in disk) await File.WriteAllBytesAsync(Path.Combine(node.State, name), bytes);
        var bucket = moment.Bucket.Copy();
        var context = $"seed {seed}, power cut {moment.State.Where}; disk: {string.Join(", ", disk.Select(file => $"{file.Key} {file.Value.Length}"))}; log: {source}";
        try
        {
            node.Write(3); // the apiserver is up again, and appends
            await node.OnceAsync(bucket);
            node.Log.Rotate();
            node.Write(1);
            await node.OnceAsync(bucket);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(context, e);
        }

        await JudgeAsync(node, bucket, isRolledBack, context);
    }

    private static async Task JudgeAsync(Node node, MemoryBucket bucket, bool isRolledBack, string context)
    {
        var record = await NodeRecord.ReadAsync(node, bucket, bucket.Names.ToDictionary(name => name, name => bucket[name]));
        context += $"\n{record}";
        Assert.That(record.Report.ExitCode(strict: false), isRolledBack ? Is.AnyOf(0, 3) : Is.Zero, context);
        var causes = record.Gaps.Select(gap => gap.Cause).ToArray();
        if (!isRolledBack) Assert.That(causes, Is.Empty, context);
        else Assert.That(causes, Is.All.AnyOf(GapCause.SourceRolledBack, GapCause.RotatedAway, GapCause.Truncated, GapCause.ContinuityUnproven), context);
        Assert.That(record.Manifests.Select(manifest => manifest.Start?.Cause).OfType<StartCause>().Skip(1), Is.All.EqualTo(StartCause.Restart), context);

        // Everything on the disk is in the record, each file once; what was shipped before it was rolled back stands beside it.
        var read = record.Files.Select(Encoding.Latin1.GetString).ToList();
        foreach (var path in Directory.GetFiles(node.Logs))
            if (Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path)) is { Length: > 0 } text)
                Assert.That(read.Remove(text), Is.True, $"{context}\n{Path.GetFileName(path)} is not in the record as it is on the disk");
        if (!isRolledBack) Assert.That(read, Is.Empty, context);
    }
}
