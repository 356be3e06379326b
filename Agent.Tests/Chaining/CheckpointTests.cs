using NUnit.Framework;
using Sealtail.Chaining;
using Sealtail.Format;
using Sealtail.Tests.Spooling;

namespace Sealtail.Tests.Chaining;

/// <summary>When a checkpoint is due, and what it covers.</summary>
internal sealed class CheckpointTests : IDisposable
{
    private readonly World world = World.InMemory();

    public void Dispose() => world.Dispose();

    [Test]
    public void One_is_due_after_so_many_manifests_and_covers_all_that_are_confirmed()
    {
        using var run = world.Start();
        run.Heartbeat(); // after the start
        Assert.That(run.Chain.DueCheckpoint(), Is.Null);
        run.Heartbeat();

        var due = run.Chain.DueCheckpoint()!;

        Assert.That(due.Checkpoint, Is.EqualTo(new Checkpoint(World.Stream, 1, 3, Root(1, 3))));
        Assert.That(SignedNote.Parse(due.Bytes).IsSignedBy(world.Key.Public, due.Checkpoint.Origin), Is.True);
        Assert.That(due.Name, Is.EqualTo(new CheckpointName(World.Stream, 1, 3, Digest.Of(due.Bytes))));
    }

    [Test]
    public void A_manifest_that_is_not_confirmed_is_not_covered()
    {
        using var run = world.Start();
        run.Heartbeat();
        run.Heartbeat();
        run.Chain.BindHeartbeat(new SourceStatus(SourceCondition.Idle, 0, 0));

        Assert.That(run.Chain.DueCheckpoint()!.Checkpoint.Size, Is.EqualTo(3));
    }

    [Test]
    public void After_one_was_stored_the_next_is_due_as_many_later([Values] bool stored)
    {
        using var run = world.Start();
        run.Heartbeat();
        run.Heartbeat();
        var due = run.Chain.DueCheckpoint()!;
        if (stored) run.Chain.CheckpointStored(due);
        else run.Chain.CheckpointFailed(due);
        var next = new List<long?>();
        for (var i = 0; i < 4; i++)
        {
            next.Add(run.Chain.DueCheckpoint()?.Checkpoint.Size);
            run.Heartbeat();
        }

        Assert.That(next, Is.EqualTo(new long?[] { null, null, null, 6 }));
    }

    [Test]
    public void One_is_due_after_an_hour_if_there_is_anything_new()
    {
        using var run = world.Start();
        run.Claim();
        Assert.That(run.Chain.DueCheckpoint(), Is.Null);
        world.Time.Advance(TimeSpan.FromHours(1));
        var due = run.Chain.DueCheckpoint()!;
        Assert.That(due.Checkpoint.Size, Is.EqualTo(1));

        run.Chain.CheckpointStored(due);
        world.Time.Advance(TimeSpan.FromHours(2));

        Assert.That(run.Chain.DueCheckpoint(), Is.Null, "nothing new");
    }

    [Test]
    public void What_a_run_left_uncovered_the_next_one_covers_before_it_claims()
    {
        using (var run = world.Start())
        {
            run.Heartbeat();
            run.Heartbeat();
            run.Chain.CheckpointStored(run.Chain.DueCheckpoint()!);
            for (var i = 0; i < 3; i++) run.Heartbeat(); // the head learns of it with these
        }

        using var next = world.Start();

        Assert.That(next.Chain.DueCheckpoint()!.Checkpoint, Is.EqualTo(new Checkpoint(World.Stream, 1, 6, Root(1, 6))));
        next.Claim();
        Assert.That(next.Chain.DueCheckpoint(), Is.Null, "the new epoch has but its start");
    }

    [Test]
    public void What_a_run_covered_the_next_one_does_not_cover_again_and_an_hour_counts_across_runs()
    {
        using (var run = world.Start())
        {
            run.Heartbeat();
            run.Heartbeat();
            run.Chain.CheckpointStored(run.Chain.DueCheckpoint()!);
            run.Heartbeat();
        }

        using (var soon = world.Start()) Assert.That(soon.Chain.DueCheckpoint(), Is.Null);
        world.Time.Advance(TimeSpan.FromHours(1));
        using var late = world.Start();
        Assert.That(late.Chain.DueCheckpoint()!.Checkpoint.Size, Is.EqualTo(4));
    }

    [Test]
    public void The_next_manifest_names_what_was_stored_and_no_other_does()
    {
        using var run = world.Start();
        run.Heartbeat();
        run.Heartbeat();
        var due = run.Chain.DueCheckpoint()!;
        run.Chain.CheckpointStored(due);
        run.Heartbeat();
        run.Heartbeat();

        Assert.That(Manifests(1).Select(manifest => manifest.Checkpoints.Count), Is.EqualTo(new[] { 0, 0, 0, 1, 0 }));
        Assert.That(Manifests(1)[3].Checkpoints.Single(), Is.EqualTo(new StoredCheckpoint(1, 3, due.Name.Sha256)));
    }

    [Test]
    public void What_could_not_be_stored_is_not_named()
    {
        using var run = world.Start();
        run.Heartbeat();
        run.Heartbeat();
        run.Chain.CheckpointFailed(run.Chain.DueCheckpoint()!);
        run.Heartbeat();

        Assert.That(Manifests(1).SelectMany(manifest => manifest.Checkpoints), Is.Empty);
    }

    [Test]
    public void A_run_s_start_names_the_checkpoint_of_the_epoch_before_if_it_was_stored_by_then([Values] bool isClaimedBefore)
    {
        using (var run = world.Start())
            for (var i = 0; i < 4; i++)
                run.Heartbeat();

        using var next = world.Start();
        var due = next.Chain.DueCheckpoint()!;
        if (isClaimedBefore) next.Claim();
        next.Chain.CheckpointStored(due);
        next.Heartbeat();

        var naming = Manifests(2).Single(manifest => manifest.Checkpoints.Count > 0);
        Assert.That((naming.Sequence, naming.Checkpoints.Single()), Is.EqualTo((isClaimedBefore ? 1L : 0L, new StoredCheckpoint(1, 5, due.Name.Sha256))));
    }

    [Test]
    public void One_that_was_stored_while_a_manifest_was_in_flight_is_named_by_the_one_after_even_if_the_head_moved_on()
    {
        using var run = world.Start();
        run.Heartbeat();
        run.Heartbeat();
        var due = run.Chain.DueCheckpoint()!;
        run.Chain.BindHeartbeat(new SourceStatus(SourceCondition.Idle, 0, 0));
        run.Chain.CheckpointStored(due);
        run.SendInFlight();
        Assert.That(run.Spool.Head.Checkpointed.Size, Is.Zero, "no manifest names it yet");
        run.Heartbeat();

        Assert.That(Manifests(1)[^1].Checkpoints.Single().Size, Is.EqualTo(3));
        Assert.That(run.Spool.Head.Checkpointed.Size, Is.EqualTo(3));
    }

    [Test]
    public void One_that_a_crash_forgot_is_made_again_and_named()
    {
        using (var run = world.Start())
        {
            run.Heartbeat();
            run.Heartbeat();
            run.Checkpoint(); // and a crash before another manifest
        }

        using var next = world.Start();
        var again = next.Chain.DueCheckpoint()!;
        next.Chain.CheckpointStored(again);
        next.Claim();

        Assert.That(again.Checkpoint.Size, Is.EqualTo(3));
        Assert.That(Manifests(2)[0].Checkpoints.Single(), Is.EqualTo(new StoredCheckpoint(1, 3, again.Name.Sha256)));
    }

    [Test]
    public void A_manifest_left_in_flight_keeps_the_checkpoint_that_it_names()
    {
        using (var run = world.Start())
        {
            run.Heartbeat();
            run.Heartbeat();
            run.Checkpoint();
            run.Chain.BindHeartbeat(new SourceStatus(SourceCondition.Idle, 0, 0)); // and a crash before it is confirmed
        }

        using var next = world.Start();
        next.SendInFlight();

        Assert.That(Manifests(1)[3].Checkpoints.Single().Size, Is.EqualTo(3));
        Assert.That(next.Spool.Head.Checkpointed.Size, Is.EqualTo(3));
    }

    private List<Manifest> Manifests(long epoch) =>
        [.. world.Store.Where(item => ManifestName.TryParse(item.Key, out var name) && name.Epoch == epoch).OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => ManifestReader.Parse(Envelope.Parse(item.Value).Payload))];

    private Digest Root(long epoch, int size)
    {
        var tree = new MerkleTree();
        foreach (var bytes in world.Store.Where(item => ManifestName.TryParse(item.Key, out var name) && name.Epoch == epoch).OrderBy(item => item.Key, StringComparer.Ordinal).Take(size))
            tree.Append(MerkleTree.LeafHash(Envelope.Parse(bytes.Value).Payload));
        return tree.Root();
    }
}
