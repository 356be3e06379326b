namespace Sealtail.FakeGcs.Storage;

/// <summary>Opens writers of the kind the options ask for, and cleans up the folder it made.</summary>
internal sealed class BlobStore(FakeGcsOptions options) : IDisposable
{
    private readonly string? folder = options.Retain == Retain.Disk ? CreateFolder(options.Folder) : null;
    private long count;

    public BlobWriter Open() => new(OpenContent(), options.Md5);

    public Blob Store(ReadOnlySpan<byte> bytes)
    {
        using var writer = Open();
        writer.Append(bytes);
        return writer.Complete();
    }

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private BlobContent OpenContent() => options.Retain switch
    {
        Retain.Disk => new FileContent(Path.Combine(folder!, Interlocked.Increment(ref count).ToString("D12"))), // set above for Disk
        Retain.HashOnly => new NoContent(),
        _ => new MemoryContent(),
    };

    private static string CreateFolder(string? parent) =>
        Directory.CreateDirectory(Path.Combine(parent ?? Path.GetTempPath(), $"fakegcs-{Guid.NewGuid():N}")).FullName;
}
