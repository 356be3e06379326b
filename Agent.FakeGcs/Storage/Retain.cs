namespace Sealtail.FakeGcs.Storage;

/// <summary>What becomes of an uploaded byte.</summary>
internal enum Retain
{
    Memory,
    Disk,

    /// <summary>Hashed and dropped: for shipping GiBs at the stand-in. Size and checksums are true, reading back answers 501.</summary>
    HashOnly,
}
