using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Storage;

/// <summary>The <c>if…Match</c> parameters of a request. Generation 0 stands for "no live object".</summary>
internal readonly record struct Preconditions(
    long? GenerationMatch = null,
    long? GenerationNotMatch = null,
    long? MetagenerationMatch = null,
    long? MetagenerationNotMatch = null)
{
    public void Check(StoredObject? live) => Check(live?.Generation ?? 0, live?.Metageneration ?? 0);

    public void Check(BucketState bucket) => Check(0, bucket.Metageneration, bucketOnly: true);

    /// <summary>A read whose "not match" fails is 304, as there is nothing new; every other failure is 412.</summary>
    public bool IsUnchanged(StoredObject live) =>
        GenerationNotMatch == live.Generation || MetagenerationNotMatch == live.Metageneration;

    private void Check(long generation, long metageneration, bool bucketOnly = false)
    {
        var failed = (!bucketOnly && ((GenerationMatch is { } wanted && wanted != generation) || GenerationNotMatch == generation))
            || (MetagenerationMatch is { } meta && meta != metageneration)
            || MetagenerationNotMatch == metageneration;
        if (failed)
            throw GcsErrors.ConditionNotMet();
    }
}
