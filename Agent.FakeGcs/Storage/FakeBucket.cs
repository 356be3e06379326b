using System.Text.Json.Nodes;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Storage;

/// <summary>A bucket that enforces what it promises: preconditions, retention, holds, permissions, in the order GCS judges them.</summary>
internal sealed class FakeBucket
{
    // Guards the index, the state and the last generation. One lock for the bucket: bytes are staged before it is taken,
    // so check and commit together are a few dictionary operations, and a listing sees no half commit.
    private readonly Lock gate = new();
    private readonly ObjectIndex index = new();
    private readonly StoreClock clock;
    private readonly BlobStore blobs;
    private readonly ExistingNameAnswer existingName;
    private BucketState state;
    private long lastGeneration;
    private bool isDeleted;

    public FakeBucket(string name, BucketState state, StoreClock clock, BlobStore blobs, ExistingNameAnswer existingName)
    {
        Name = name;
        this.state = state;
        this.clock = clock;
        this.blobs = blobs;
        this.existingName = existingName;
        Tampering = new BucketTampering(this);
    }

    public string Name { get; }

    /// <summary>What an administrator of the store itself could do behind retention's back.</summary>
    public BucketTampering Tampering { get; }

    /// <summary>What the bucket's IAM policy shows. It grants nothing here: principals have permissions of their own.</summary>
    public JsonObject IamPolicy { get; set; } = new() { ["kind"] = "storage#policy", ["version"] = 1, ["bindings"] = new JsonArray() };

    public BucketState State
    {
        get
        {
            lock (gate)
                return state;
        }
    }

    /// <summary>The live objects, in listing order.</summary>
    public IReadOnlyList<StoredObject> Objects
    {
        get
        {
            lock (gate)
                return [.. index.All.Where(stored => stored.TimeDeleted is null)];
        }
    }

    /// <summary>Live and noncurrent objects, in listing order.</summary>
    public IReadOnlyList<StoredObject> Versions
    {
        get
        {
            lock (gate)
                return [.. index.All];
        }
    }

    public StoredObject? Find(string name, long? generation = null)
    {
        lock (gate)
            return index.Find(name, generation);
    }

    public StoredObject Get(string name, long? generation) => Find(name, generation) ?? throw GcsErrors.ObjectNotFound(Name, name);

    public DateTimeOffset? Expiration(StoredObject stored) => RetentionRules.Expiration(stored, State);

    public ListPage List(ListQuery query)
    {
        lock (gate)
            return index.List(query);
    }

    /// <summary>Stores bytes as if uploaded by the owner, under the same laws.</summary>
    public StoredObject Put(string name, ReadOnlySpan<byte> bytes) =>
        Insert(new StoredObject { Bucket = Name, Name = name, Content = blobs.Store(bytes) }, default, new Caller("owner", Permissions.All));

    public StoredObject Insert(StoredObject draft, Preconditions preconditions, Caller caller)
    {
        lock (gate)
        {
            if (isDeleted)
                throw GcsErrors.BucketNotFound();

            var live = index.Live(draft.Name);
            if (live is not null && preconditions.GenerationMatch == 0 && existingName == ExistingNameAnswer.DeleteDenied)
                caller.Require(Permissions.ObjectsDelete, "object");

            var now = clock.UtcNow;
            if (draft.Retention is { } retention)
                RetentionRules.CheckObjectRetention(retention, state, now);

            preconditions.Check(live);
            if (live is not null)
            {
                caller.Require(Permissions.ObjectsDelete, "object");
                Retire(live, now);
            }

            var stored = draft with
            {
                Generation = NextGeneration(now),
                TimeCreated = now,
                Updated = now,
                RetentionStart = now,
                EventBasedHold = draft.EventBasedHold || state.DefaultEventBasedHold,
            };
            index.AddLive(stored);
            return stored;
        }
    }

    /// <summary>Changes an object's metadata; the change sees the object, the bucket and the time of the commit.</summary>
    public StoredObject Patch(string name, long? generation, Preconditions preconditions, Func<StoredObject, BucketState, DateTimeOffset, StoredObject> change)
    {
        lock (gate)
        {
            var stored = index.Find(name, generation) ?? throw GcsErrors.ObjectNotFound(Name, name);
            preconditions.Check(stored);
            var now = clock.UtcNow;
            var changed = change(stored, state, now) with { Metageneration = stored.Metageneration + 1, Updated = now };
            index.Replace(changed);
            return changed;
        }
    }

    public void Delete(string name, long? generation, Preconditions preconditions)
    {
        lock (gate)
        {
            var stored = index.Find(name, generation) ?? throw GcsErrors.ObjectNotFound(Name, name);
            preconditions.Check(stored);
            if (generation is null)
                Retire(stored, clock.UtcNow);
            else
                Remove(stored, clock.UtcNow);
        }
    }

    /// <summary>Refuses what would replace or destroy the live object of this name; a name without one passes.</summary>
    public void RefuseReplacing(string name)
    {
        lock (gate)
        {
            if (index.Live(name) is { } live)
                RetentionRules.RefuseRemoval(live, state, clock.UtcNow);
        }
    }

    public BucketState Change(Preconditions preconditions, Func<BucketState, DateTimeOffset, BucketState> change)
    {
        lock (gate)
        {
            preconditions.Check(state);
            var now = clock.UtcNow;
            return state = change(state, now) with { Metageneration = state.Metageneration + 1, Updated = now };
        }
    }

    /// <summary>Closes an empty bucket for good: an upload that is already past the bucket's lookup finds it gone.</summary>
    public void Close(Preconditions preconditions)
    {
        lock (gate)
        {
            preconditions.Check(state);
            if (!index.IsEmpty)
                throw GcsErrors.Conflict("The bucket you tried to delete is not empty.");

            isDeleted = true;
        }
    }

    internal void Tamper(string name, Func<StoredObject, StoredObject?> change)
    {
        lock (gate)
        {
            var live = index.Live(name) ?? throw new InvalidOperationException($"Bucket {Name} has no object {name} to tamper with.");
            if (change(live) is { } changed)
                index.Replace(changed);
            else
                index.Remove(live);
        }
    }

    internal Blob Stage(ReadOnlySpan<byte> bytes) => blobs.Store(bytes);

    // With versioning a live object may always become noncurrent: there retention guards the version, not the name.
    private void Retire(StoredObject live, DateTimeOffset now)
    {
        if (state.Versioning && live.TimeDeleted is null)
        {
            RetentionRules.RefuseHeld(live);
            index.MakeNoncurrent(live, now);
        }
        else
        {
            Remove(live, now);
        }
    }

    private void Remove(StoredObject stored, DateTimeOffset now)
    {
        RetentionRules.RefuseRemoval(stored, state, now);
        index.Remove(stored);
        stored.Content.Content.Discard();
    }

    // Looks like production's microseconds, yet never repeats or falls, whatever the clock does.
    private long NextGeneration(DateTimeOffset now) =>
        lastGeneration = Math.Max(lastGeneration + 1, (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
}
