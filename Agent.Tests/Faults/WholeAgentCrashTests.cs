using System.Text;
using NUnit.Framework;
using Sealtail.Files;
using Sealtail.Tests.CrashMatrix;
using CrashException = Sealtail.Tests.CrashMatrix.CrashException;

namespace Sealtail.Tests.Faults;

/// <summary>
/// The crash matrix over the whole agent: the real reader, builder, loops and spool, crashed before and after every durable step that they make, found
/// by running once; then started again, and the record held against every byte that was written, by the real verifier.
/// </summary>
internal sealed class WholeAgentCrashTests
{
    // What the node is like before the life that crashes, and what that life finds.
    private static readonly Dictionary<string, Func<Node, MemoryBucket, Task>> Before = new()
    {
        ["first life"] = (node, _) => { node.Write(12); return Task.CompletedTask; },
        ["a rotated backlog"] = (node, _) => { for (var i = 0; i < 3; i++) { node.Write(7); node.Log.Rotate(); } node.Write(3); return Task.CompletedTask; },
        ["after a rotation and a compression"] = async (node, bucket) => { node.Write(9); await node.OnceAsync(bucket); node.Write(5); node.Log.Rotate(); node.Write(4); node.Log.Rotate(); node.Log.Mill(compress: true); node.Write(6); },
        ["an entry damaged in the spool"] = async (node, bucket) =>
        {
            node.Write(20);
            await DieAsync(node, bucket, DurableStep.Write, "chain", 4); // read and spooled, not yet shipped
            foreach (var chunk in Directory.GetFiles(node.State, "*.chunk").Take(1)) await File.WriteAllBytesAsync(chunk, [1, 2, 3]);
        },
        ["state lost"] = async (node, bucket) => { node.Write(9); await node.OnceAsync(bucket); Directory.Delete(node.State, recursive: true); node.Write(4); },
    };

    [Test]
    public async Task After_a_crash_at_any_step_of_a_whole_agent_all_is_in_the_record_once([ValueSource(nameof(Names))] string name, [Values] Ending ending)
    {
        var points = await CrashAsync(name, ending, 0, 0);
        Assert.That(points, Is.GreaterThan(20));
        for (var point = 1; point <= points; point++)
            if (point % 3 == 1 || ending == Ending.Kill) await CrashAsync(name, ending, point, 0);
    }

    [Test]
    [Explicit]
    [Category(Campaign.Category)]
    public async Task After_a_crash_at_any_step_of_the_recovery_from_a_crash_at_any_step_all_is_in_the_record_once([Values] Ending ending)
    {
        var crashes = 0;
        foreach (var name in Names)
        {
            var points = await CrashAsync(name, ending, 0, 0);
            for (var point = 1; point <= points; point++)
            {
                crashes++;
                await CrashAsync(name, ending, point, 0);
                // Recovery comes first in the life after a crash: its steps, and some of what it then goes on with.
                for (var second = 1; second <= 12; second++, crashes++) await CrashAsync(name, ending, point, second);
            }
        }

        Campaign.Tell($"{crashes} crashes of a whole agent at discovered steps ({ending}), and of its recovery: every byte once, chain whole");
    }

    private static IEnumerable<string> Names => Before.Keys;

    // Returns the number of points that the first crashing life had.
    private static async Task<int> CrashAsync(string name, Ending ending, int crashAt, int crashAgainAt)
    {
        using var node = new Node();
        var bucket = new MemoryBucket { HasStoreClock = false };
        await Before[name](node, bucket);
        var disk = await LifeAsync(node, bucket, ending, crashAt);
        var where = disk.Where;
        if (crashAgainAt > 0) where += ", then " + (await LifeAsync(node, bucket, ending, crashAgainAt)).Where;
        node.Write(2);
        try
        {
            await node.OnceAsync(bucket);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{name}, {ending} {where}", e);
        }

        var record = await NodeRecord.ReadAsync(node, bucket, bucket.Names.ToDictionary(name_ => name_, name_ => bucket[name_]));
        var context = $"{name}, {ending} {where}\n{record}";
        Assert.That(record.Report.ExitCode(strict: false), Is.Zero, context);
        Assert.That(record.Gaps, Is.Empty, context);
        Assert.That(record.Report.Streams.Single().Bytes, Is.EqualTo(node.Written.Length), context);
        if (name != "state lost") Assert.That(string.Concat(record.Files.Select(Encoding.UTF8.GetString)), Is.EqualTo(node.Written.ToString()), context);
        return disk.Points;
    }

    private static async Task<Disk> LifeAsync(Node node, MemoryBucket bucket, Ending ending, int crashAt)
    {
        var disk = new Disk(node.State, ending, crashAt);
        try
        {
            await node.OnceAsync(bucket, disk.Hook);
        }
        catch (CrashException)
        {
            // What the dead process had in memory is gone.
        }

        if (crashAt > 0 && disk.Points >= crashAt) disk.End();
        return disk;
    }

    // A life that ends before the given write, counted from 1, to the file.
    private static async Task DieAsync(Node node, MemoryBucket bucket, DurableStep step, string file, int count)
    {
        try
        {
            await node.OnceAsync(bucket, (at, after, path) =>
            {
                if (at == step && !after && Path.GetFileName(path) == file && --count <= 0) throw new CrashException("died");
            });
        }
        catch (CrashException)
        {
        }
    }
}
