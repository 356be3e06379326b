namespace Sealtail.FakeGcs.Storage;

/// <summary>What an honest store never does, for tests of those who must notice. Retention, holds and generations are ignored or kept, not judged.</summary>
internal sealed class BucketTampering(FakeBucket bucket)
{
    /// <summary>Flips every bit of one stored byte. The stored checksums stay as they were, as with rot on a disk.</summary>
    public void Corrupt(string name, long offset) => bucket.Tamper(name, stored =>
    {
        var bytes = stored.ReadBytes();
        bytes[offset] ^= 0xFF;
        return stored with { Content = stored.Content with { Content = bucket.Stage(bytes).Content } };
    });

    /// <summary>Swaps the bytes and their checksums; generation, times and metadata stay.</summary>
    public void Replace(string name, byte[] bytes) => bucket.Tamper(name, stored => stored with { Content = bucket.Stage(bytes) });

    public void Delete(string name) => bucket.Tamper(name, _ => null);

    /// <summary>Any other change, such as of a time or a checksum.</summary>
    public void Change(string name, Func<StoredObject, StoredObject> change) => bucket.Tamper(name, change);
}
