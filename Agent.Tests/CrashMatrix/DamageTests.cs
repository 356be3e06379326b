using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Spooling;
using Sealtail.Tests.Spooling;

namespace Sealtail.Tests.CrashMatrix;

/// <summary>
/// Law 3: any file of the state directory cut, zeroed, damaged or lost, alone or with another. Either the agent goes on as if nothing had been, or
/// the chain says what happened; it always starts, and a second start finds nothing wrong.
/// </summary>
internal sealed class DamageTests
{
    private static readonly Dictionary<string, Action<World>> States = new()
    {
        ["nothing read"] = world => { using var run = world.Start(); },
        ["all shipped"] = world => { using var run = Begin(world); run.Drain(); run.Heartbeat(); },
        ["nothing ever shipped"] = world => { using var run = Begin(world); Ingest(run); },
        ["claimed, nothing shipped"] = world => { using var run = Begin(world); Ingest(run); run.Claim(); },
        ["entries wait"] = world => { using var run = Begin(world); Ingest(run); run.Ship(); run.Ship(); },
        ["a manifest is in flight, not sent"] = world => { using var run = Begin(world); Ingest(run); run.Ship(); Bind(world, run, put: false); },
        ["a manifest is in flight, sent"] = world => { using var run = Begin(world); Ingest(run); run.Ship(); Bind(world, run, put: true); },
        ["a claim is in flight, sent"] = world =>
        {
            using (var run = Begin(world)) { Ingest(run); run.Ship(); }
            using var next = world.Start();
            var claim = next.Chain.PrepareClaim();
            world.Put(claim.Name.ToString(), claim.Envelope);
        },
        ["the last entry is in flight, sent"] = world => { using var run = Begin(world); run.Ingest(); Bind(world, run, put: true); },
    };

    private static readonly Dictionary<string, Action<string>> Damages = new()
    {
        ["deleted"] = File.Delete,
        ["emptied"] = path => Cut(path, _ => 0),
        ["cut to half"] = path => Cut(path, length => length / 2),
        ["cut by one byte"] = path => Cut(path, length => length - 1),
        ["zeroed"] = path => File.WriteAllBytes(path, new byte[new FileInfo(path).Length]),
        ["first byte flipped"] = path => Flip(path, _ => 0),
        ["byte 100 flipped"] = path => Flip(path, _ => 100),
        ["last byte flipped"] = path => Flip(path, length => length - 1),
        ["head 1 flipped"] = path => Flip(path, length => length == ChainFile.Bytes ? ChainFile.OffsetOfHead(1) + 40 : length / 3),
        ["manifest 0 flipped"] = path => Flip(path, length => length == ChainFile.Bytes ? ChainFile.OffsetOfInFlight(0) + 40 : length / 2),
        ["manifest 1 flipped"] = path => Flip(path, length => length == ChainFile.Bytes ? ChainFile.OffsetOfInFlight(1) + 20 : length / 2),
    };

    private static IEnumerable<TestCaseData> Singles => from state in States.Keys select new TestCaseData(state);

    [TestCaseSource(nameof(Singles))]
    public void One_damaged_file_is_survived_or_declared(string state)
    {
        foreach (var file in FilesOf(state))
            foreach (var damage in Damages.Keys)
                Survive(state, [(file, damage)]);
    }

    [TestCaseSource(nameof(Singles))]
    public void Two_damaged_files_are_survived_or_declared(string state)
    {
        var files = FilesOf(state);
        string[] kinds = ["deleted", "cut to half", "byte 100 flipped"];
        for (var i = 0; i < files.Length; i++)
            for (var j = i + 1; j < files.Length; j++)
                foreach (var one in kinds)
                    foreach (var other in kinds)
                        Survive(state, [(files[i], one), (files[j], other)]);
    }

    [TestCaseSource(nameof(Singles))]
    public void Any_two_slots_of_the_chain_file_damaged_are_survived_or_declared(string state)
    {
        string[] slots = ["byte 100 flipped", "head 1 flipped", "manifest 0 flipped", "manifest 1 flipped"];
        foreach (var one in slots)
            foreach (var other in slots.Where(other => other != one))
                Survive(state, [(ChainFile.Name, one), (ChainFile.Name, other)]);
    }

    [Test]
    public void A_chain_file_cut_at_any_length_is_survived_or_declared()
    {
        foreach (var state in States.Keys)
            for (var length = 0; length < ChainFile.Bytes; length += 60_007)
                Survive(state, [(ChainFile.Name, "cut")], path => Cut(path, _ => length));
    }

    [TestCaseSource(nameof(Singles))]
    public void All_files_lost_is_declared_by_the_claim_that_misses(string state)
    {
        var world = World.InMemory();
        using (world)
        {
            States[state](world);
            var claimed = world.Store.Keys.Any(name => name.StartsWith(ManifestName.Root, StringComparison.Ordinal));
            Directory.Delete(world.State, recursive: true);
            using var run = world.Start();
            run.Heartbeat();
            Assert.That(new Auditor(world).Starts.First().Start!.Cause, Is.EqualTo(claimed ? StartCause.StateLost : StartCause.FirstStart));
        }
    }

    internal static void Survive(string state, (string File, string Damage)[] damages, Action<string>? damage = null)
    {
        using var world = World.InMemory();
        States[state](world);
        foreach (var (file, kind) in damages)
            if (Path.Combine(world.State, file) is var path && File.Exists(path))
                (damage ?? Damages[kind])(path);

        var context = $"{state}: {string.Join(" and ", damages)}";
        var read = world.Committed();
        var restarted = Go(world, context);
        if (damages.All(item => item.File == ChainFile.Name) && read != (1, 0)) Assert.That(restarted, Is.False, $"{context}: nothing is read again while the records are whole");
        Judge(world, damages, context);

        // No loop: what was declared is done with.
        world.Write(2);
        Go(world, context);
        Assert.That(new Auditor(world).Branch.Last(manifest => manifest.Start is not null).Start!.Cause, Is.EqualTo(StartCause.Restart), $"{context}: at the second start");
    }

    private static bool Go(World world, string context)
    {
        try
        {
            using var run = world.Start();
            var restarted = run.Spool.ReaderState is null;
            foreach (var entry in Pending(run))
                if (entry.Damage is null && !run.Spool.IsIntact(entry)) // what a store would say by refusing it
                    run.Spool.MarkDamaged(entry, "refused");
            run.Drain();
            run.Heartbeat();
            return restarted;
        }
        catch (Exception e) when (e is not AssertionException)
        {
            throw new InvalidOperationException(context, e);
        }
    }

    private static void Judge(World world, (string File, string Damage)[] damages, string context)
    {
        var auditor = new Auditor(world);
        var cause = auditor.Starts.First().Start!.Cause; // a branch begins with a start
        var lost = auditor.Gaps.Where(gap => gap.Cause == GapCause.SpoolDamaged).ToArray();
        var declared = cause is StartCause.StateLost or StartCause.StateCorrupt;
        if (!declared && lost.Length == 0)
        {
            auditor.AssertComplete(context);
            return;
        }

        if (declared && damages.Length == 1)
            Assert.That(cause, Is.EqualTo(damages[0].Damage == "deleted" ? StartCause.StateLost : StartCause.StateCorrupt), context);

        // Every byte is proven by some lineage, or named by a gap.
        var proven = auditor.Proven(auditor.All, out _);
        for (var file = 1; file <= world.Log.Count; file++)
            for (var offset = 0; offset < world.Log[file - 1].Length; offset++)
            {
                if (proven.TryGetValue((file, offset), out var value)) Assert.That(value, Is.EqualTo(world.Log[file - 1][offset]), context);
                else
                    Assert.That(lost.Any(gap => gap.File is null || (gap.File == file && gap.From <= offset && (gap.To ?? long.MaxValue) > offset)), Is.True, $"{context}: byte {offset} of file {file} is neither proven nor named");
            }
    }

    private static IEnumerable<SpoolEntry> Pending(Run run)
    {
        for (var entry = run.Spool.Next(0); entry is not null; entry = run.Spool.Next(entry.Number)) yield return entry;
    }

    internal static IEnumerable<string> StateNames => States.Keys;

    internal static string[] FilesOf(string state)
    {
        using var world = World.InMemory();
        States[state](world);
        return [.. Directory.GetFiles(world.State).Select(path => Path.GetFileName(path)).Where(name => name != "lock").Order(StringComparer.Ordinal)];
    }

    internal static long LengthOf(string state, string file)
    {
        using var world = World.InMemory();
        States[state](world);
        return new FileInfo(Path.Combine(world.State, file)).Length;
    }

    private static Run Begin(World world)
    {
        world.Write(8);
        world.Rotate();
        world.Write(20);
        return world.Start();
    }

    private static void Ingest(Run run)
    {
        while (run.Ingest(500) is not null)
        {
        }
    }

    private static void Bind(World world, Run run, bool put)
    {
        run.Claim();
        var entry = run.Spool.Next(0)!; // there is one
        using var stream = entry.OpenChunk();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        world.Put(entry.Facts.Object!.Name, bytes.ToArray()); // a chunk
        var manifest = run.Chain.Bind(entry, chunkReceipt: null);
        if (put) world.Put(manifest.Name.ToString(), manifest.Envelope);
    }

    private static void Cut(string path, Func<long, long> length)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.SetLength(Math.Clamp(length(file.Length), 0, file.Length));
    }

    private static void Flip(string path, Func<long, long> at)
    {
        using var file = new FileStream(path, FileMode.Open);
        if (file.Length == 0) return;
        file.Position = Math.Clamp(at(file.Length), 0, file.Length - 1);
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 0x10));
    }
}
