namespace Sealtail.Files;

/// <summary>
/// What tells two files apart. The inode's number of a file that is gone may be given to another at once; <c>Born</c>, the nanoseconds since 1970 of
/// its creation, tells these apart where the file system keeps it, else it is 0.
/// </summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, ulong Born);

/// <summary>What statx(2) says of a file. <c>Modified</c> is nanoseconds since 1970; <c>Links</c> is 0 once it was unlinked.</summary>
internal readonly record struct FileFacts(FileIdentity Identity, long Size, long Links, long Modified, bool IsRegular);

/// <summary>How an attempt to look at a path or to open it ended, where that is no fault of this program.</summary>
internal enum FileAccessOutcome { Done, Missing, Refused }
