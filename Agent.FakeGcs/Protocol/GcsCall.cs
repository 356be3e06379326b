namespace Sealtail.FakeGcs.Protocol;

/// <summary>What a request is, so that faults and assertions need not parse paths.</summary>
internal enum GcsCall
{
    Unknown,
    Unimplemented,
    BucketInsert,
    BucketGet,
    BucketList,
    BucketPatch,
    BucketUpdate,
    BucketDelete,
    BucketLock,
    BucketTestPermissions,
    BucketGetIamPolicy,
    ProjectGetIamPolicy,

    /// <summary>A single-request upload, media or multipart, and also the POST that opens a resumable one.</summary>
    ObjectInsert,
    UploadChunk,
    UploadCancel,
    ObjectGet,
    ObjectDownload,
    ObjectList,
    ObjectPatch,
    ObjectUpdate,
    ObjectDelete,
    ObjectCompose,
    ObjectRewrite,
    ObjectCopy,
    ObjectMove,
    Token,
    SecurityToken,
    ImpersonatedToken,
    Metadata,
    Emulator,
}
