using Microsoft.Extensions.Logging.Abstractions;
using Sealtail.Buckets;
using Sealtail.Buckets.Gcs;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Protocol;
using Sealtail.FakeGcs.Storage;
using Sealtail.Format;

namespace Sealtail.Tests.Faults;

/// <summary>
/// One node and one store that goes wrong in seeded ways, over several lives of agents: killed, cloned, put back from a snapshot, without their state.
/// Time passes 400 times as fast, so that outages of minutes and pauses of half a minute are short.
/// </summary>
internal sealed class StoreSchedule : IAsyncDisposable
{
    private readonly Random random;
    private readonly Node node = new();
    private readonly ScaledTime time = new(400);
    private readonly FakeGcsServer server;
    private readonly FakeBucket store;
    private readonly List<string> story = [];
    private string? snapshot;

    private StoreSchedule(int seed, FakeGcsServer server, ScaledTime time)
    {
        (random, this.server, this.time) = (new Random(seed), server, time);
        store = server.Buckets.Create("audit", new BucketSettings { Retention = TimeSpan.FromDays(1), Locked = true });
    }

    /// <summary>What was done to the agent that it must show: each is named by the verifier or by an epoch's start.</summary>
    public bool WasCloned { get; private set; }

    public bool WasPutBack { get; private set; }

    public bool WasDeleted { get; private set; }

    /// <summary>The store's clock was set while it stored something.</summary>
    public bool ClockJumped { get; private set; }

    /// <summary>What a verifier finds that believes the store's times all the same; null unless <see cref="ClockJumped"/>.</summary>
    public NodeRecord? ByJumpedClock { get; private set; }

    public string Story => string.Join("; ", story);

    public Node Node => node;

    public static async Task<StoreSchedule> StartAsync(int seed)
    {
        var time = new ScaledTime(400);
        return new StoreSchedule(seed, await FakeGcsServer.StartAsync(new FakeGcsOptions { Seed = seed, Md5 = false }, time), time);
    }

    /// <summary>Lives under faults, then one that the store lets be; what is then in the bucket.</summary>
    public Task<NodeRecord> RunAsync() => RunAsync(RandomLivesAsync);

    public async Task<NodeRecord> RunAsync(Func<Task> lives)
    {
        await lives();
        ClearFaults();
        node.Write(1);
        await node.OnceAsync(Open(), time: time, concurrent: true, waits: true).WaitAsync(TimeSpan.FromMinutes(2));
        var objects = store.Objects.ToDictionary(stored => stored.Name, stored => stored.ReadBytes());
        using var bucket = GcsBucket.Open(Location, GcsScope.Read, Environment, TimeProvider.System);
        var record = await NodeRecord.ReadAsync(node, bucket, objects);
        if (!ClockJumped) return record;
        ByJumpedClock = record;
        using var copy = WithoutTimes(objects);
        return await NodeRecord.ReadAsync(node, copy, objects);
    }

    /// <summary>A claim that never arrives, of an agent that dies; one that goes on behind that number; then the state is lost.</summary>
    public async Task ClaimBehindAsync()
    {
        node.Write(5);
        server.Faults.Add(new FaultRule { Kind = FaultKind.Reset, Form = FaultForm.NotApplied, Call = GcsCall.ObjectInsert, Name = ManifestName.Slot(Node.Stream, 1).ToString() });
        using var kill = new CancellationTokenSource();
        var first = node.OnceAsync(Open(), time: time, concurrent: true, waits: true, killed: kill.Token);
        while (server.Faults.Faults.Sum(fault => fault.Struck) == 0) await Task.Delay(5);
        await kill.CancelAsync();
        try
        {
            await first;
        }
        catch (OperationCanceledException)
        {
            // killed, as it should be
        }

        server.Faults.Clear();
        await node.OnceAsync(Open(), time: time, concurrent: true, waits: true);
        Directory.Delete(node.State, recursive: true);
    }

    private async Task RandomLivesAsync()
    {
        var lives = random.Next(1, 5);
        for (var life = 0; life < lives; life++)
        {
            node.Write(random.Next(1, 20));
            if (random.Next(3) == 0) node.Log.Rotate();
            MakeTrouble();
            await LiveAsync(random.Next(3) == 0);
            Meddle();
        }
    }

    public async ValueTask DisposeAsync()
    {
        node.Dispose();
        await server.DisposeAsync();
    }

    private static BucketOptions Location => new() { Location = "gs://audit", MinimumRetention = TimeSpan.FromDays(1) };

    private GcsEnvironment Environment => new() { Emulator = server.Address, MetadataHost = server.Address.Authority, Proxy = new System.Net.WebProxy() };

    private WatchedBucket Open() =>
        new(GcsBucket.Open(Location, GcsScope.Write, Environment, time), new RetentionMonitor(Location, time, NullLogger<RetentionMonitor>.Instance));

    // A store whose clock jumped proves no times: what it says of two claims' order is nothing that can be judged.
    private static MemoryBucket WithoutTimes(Dictionary<string, byte[]> objects)
    {
        var copy = new MemoryBucket { HasStoreClock = false };
        foreach (var (name, bytes) in objects) copy.Replace(name, bytes);
        return copy;
    }

    // Ends when all is shipped, or at a kill. A life under a rule without an end needs the kill.
    private async Task LiveAsync(bool withClone)
    {
        using var kill = new CancellationTokenSource();
        var first = node.OnceAsync(Open(), time: time, concurrent: true, waits: true, killed: kill.Token);
        var second = Task.CompletedTask;
        if (withClone && Directory.Exists(node.State) && first.IsCompleted is false)
        {
            var clone = $"{node.State}-clone{story.Count}";
            Copy(node.State, clone);
            WasCloned = true;
            story.Add("clone");
            second = CloneAsync(clone, kill.Token);
        }

        kill.CancelAfter(TimeSpan.FromMilliseconds(random.Next(1, 1500)));
        foreach (var life in new[] { first, second })
        {
            try
            {
                await life.WaitAsync(TimeSpan.FromMinutes(2));
            }
            catch (OperationCanceledException)
            {
                story.Add("killed");
            }
        }
    }

    private async Task CloneAsync(string state, CancellationToken killed)
    {
        using var twin = new Node(node, state);
        await twin.OnceAsync(Open(), time: time, concurrent: true, waits: true, killed: killed);
    }

    private void Meddle()
    {
        switch (random.Next(6))
        {
            case 0 when snapshot is null && Directory.Exists(node.State):
                snapshot = node.State + "-snapshot";
                Copy(node.State, snapshot);
                story.Add("snapshot");
                break;
            case 1 when snapshot is not null:
                Directory.Delete(node.State, recursive: true);
                Copy(snapshot, node.State);
                WasPutBack = true;
                story.Add("put back");
                break;
            case 2 when Directory.Exists(node.State) && random.Next(2) == 0:
                Directory.Delete(node.State, recursive: true);
                WasDeleted = true;
                story.Add("state deleted");
                break;
        }
    }

    private void ClearFaults()
    {
        ClockJumped |= server.Faults.Faults.Any(fault => fault is { Rule.Kind: FaultKind.ClockJump, Struck: > 0 });
        server.Faults.Clear();
    }

    private void MakeTrouble()
    {
        ClearFaults();
        for (var i = random.Next(4); i >= 0; i--)
        {
            var rule = Rule();
            story.Add($"{rule.Kind} {(rule.Kind == FaultKind.Status ? rule.Status : "")} {rule.Form} ×{rule.Count} p={rule.Probability:0.0}");
            server.Faults.Add(rule);
        }

        if (random.Next(12) != 0) return;
        story.Add("the bucket loses its lock");
        store.Change(default, (state, _) => state with { Locked = false, RetentionSeconds = null });
    }

    private FaultRule Rule()
    {
        var form = (FaultForm)random.Next(2);
        var count = random.Next(4) == 0 ? random.Next(20, 60) : random.Next(1, 8); // the former: an outage of minutes
        var chance = random.Next(2) == 0 ? 1 : 0.2 + (random.NextDouble() * 0.6);
        var any = new FaultRule { Kind = FaultKind.Reset, Form = form, Count = count, Probability = chance, Call = GcsCall.ObjectInsert };
        switch (random.Next(11))
        {
            case 0: return any;
            case 1: return any with { AfterBytes = random.Next(1, 2000), Form = FaultForm.NotApplied };
            case 2: return any with { Kind = FaultKind.Stall, Delay = TimeSpan.FromSeconds(random.Next(1, 90)) };
            case 3: return any with { Kind = FaultKind.Truncate };
            case 4: return any with { Kind = FaultKind.Drip, Delay = TimeSpan.FromMilliseconds(200), PieceBytes = 64 };
            case 5: return any with { Kind = FaultKind.Corrupt, Fields = new Dictionary<string, string?> { [random.Next(2) == 0 ? "crc32c" : "size"] = random.Next(2) == 0 ? "AAAAAA==" : null } };
            case 6: return any with { Kind = FaultKind.Status, Status = 401, Count = random.Next(3, 30), Probability = 1 };
            case 7: return any with { Kind = FaultKind.Status, Status = 429, RetryAfter = $"{random.Next(1, 40)}" };
            case 8: return any with { Kind = FaultKind.Status, Status = 403, Form = FaultForm.NotApplied, Reason = "forbidden", Message = "does not have storage.objects.create access", Count = random.Next(1, 3) };
            case 9 when random.Next(3) == 0: return any with { Kind = FaultKind.ClockJump, Jump = TimeSpan.FromHours(random.Next(-30, 30)), Count = 1 };
            default: return any with { Kind = FaultKind.Status, Status = random.Next(3) switch { 0 => 408, 1 => 500, _ => 503 }, Body = (FaultBody)random.Next(3) };
        }
    }

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        Directory.CreateDirectory(to);
        foreach (var path in Directory.GetFiles(from).Where(path => Path.GetFileName(path) != "lock"))
        {
            try
            {
                File.Copy(path, Path.Combine(to, Path.GetFileName(path)));
            }
            catch (FileNotFoundException)
            {
                // a live agent's directory: it has just removed the file. A snapshot of a disk is no more orderly.
            }
        }
    }
}
