using System.Buffers;
using System.Runtime.CompilerServices;
using Sealtail.Files;
using Sealtail.Format;

namespace Sealtail.Buckets;

/// <summary>
/// A directory as a bucket: the embedded default. Write-once by construction: bytes go to a temporary file, are synced, and get their final
/// name by link(2), which never replaces. It enforces nothing against root or the directory's owner, and says so.
/// </summary>
internal sealed class DirectoryBucket : IBucket
{
    private const string TemporaryFolder = ".sealtail-tmp";
    private const UnixFileMode ObjectMode = UnixFileMode.UserRead | UnixFileMode.GroupRead;
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
    private const int CopyBytes = 128 * 1024;

    // Errors that go by themselves, or with room: interrupted, I/O error, try again, too many open files, no space, timed out, stale handle, quota.
    private static readonly int[] PassingErrors = [4, 5, 11, 23, 24, 28, 110, 116, 122];

    private static readonly TimeSpan LeftoverAge = TimeSpan.FromHours(1);

    private readonly string root;
    private readonly DurableFiles files;
    private int hasCleaned;

    /// <param name="directory">An absolute path. It is made at the first upload if it is not there.</param>
    /// <param name="files">Where writing goes through.</param>
    public DirectoryBucket(string directory, DurableFiles files)
    {
        if (!Path.IsPathFullyQualified(directory)) throw new ArgumentException($"'{directory}' is not an absolute path.", nameof(directory));
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        this.files = files;
    }

    public string Location => $"file://{root}";

    public bool HasStoreClock => false;

    public bool Exists => Directory.Exists(root);

    public Task<PutOutcome> CreateAsync(Upload upload, CancellationToken cancellationToken)
    {
        var path = PathOf(upload.Name);
        var temporary = Path.Combine(root, TemporaryFolder, Guid.NewGuid().ToString("N"));
        try
        {
            EnsureFolder(Path.Combine(root, TemporaryFolder));
            RemoveLeftovers();
            EnsureFolder(Path.GetDirectoryName(path)!); // an object's path has a folder
            var receipt = Write(upload, temporary, cancellationToken);
            var created = files.TryLink(temporary, path);
            files.Unlink(temporary);
            // Also when it was there before: the run that linked it may have crashed before this sync.
            files.SyncDirectory(Path.GetDirectoryName(path)!);
            return Task.FromResult(created ? new PutOutcome(true, receipt) : PutOutcome.AlreadyThere);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BucketException(BucketFault.Denied, $"{Location} cannot be written: {e.Message}", e);
        }
        catch (IOException e)
        {
            TryRemove(temporary);
            throw new BucketException(IsPassing(e) ? BucketFault.Transient : BucketFault.Refused, $"{Location} could not take {upload.Name}: {e.Message}", e);
        }
        catch
        {
            TryRemove(temporary);
            throw;
        }
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root)) throw new BucketException(BucketFault.BucketMissing, $"{Location} does not exist.");
        foreach (var stored in DirectoryListing.Walk(root, prefix, TemporaryFolder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return stored;
        }

        await Task.CompletedTask;
    }

    public async IAsyncEnumerable<FolderEntry> ListFolderAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root)) throw new BucketException(BucketFault.BucketMissing, $"{Location} does not exist.");
        foreach (var entry in DirectoryListing.Entries(root, folder, TemporaryFolder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }

        await Task.CompletedTask;
    }

    public Task<Stream> OpenReadAsync(StoredObject stored, long offset, CancellationToken cancellationToken)
    {
        var path = PathOf(stored.Name);
        try
        {
            // A link or a pipe would lead the reader elsewhere, or hold it for ever.
            if (!FileKind.IsRegular(path)) throw new BucketException(BucketFault.Refused, $"{path} is not a regular file.");
            var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });
            stream.Position = offset;
            return Task.FromResult<Stream>(stream);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BucketException(BucketFault.NotFound, $"{path} is gone.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BucketException(BucketFault.Denied, $"{path} cannot be read: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new BucketException(BucketFault.Transient, $"{path} cannot be read: {e.Message}", e);
        }
    }

    public int? TryReadNow(StoredObject stored, Span<byte> buffer) => LibC.TryReadFile(PathOf(stored.Name), buffer);

    public Task<BucketRetention> GetRetentionAsync(CancellationToken cancellationToken) => Task.FromResult(new BucketRetention(
        Known: true, Enforced: false, Locked: false, Period: null, Versioning: false,
        "A directory has no retention: its owner and root can change or delete what is in it."));

    public void Dispose()
    {
    }

    private StoreReceipt Write(Upload upload, string temporary, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            using var source = upload.Open();
            using var file = files.Create(temporary, ObjectMode | UnixFileMode.UserWrite);
            var crc = default(Crc32C);
            long length = 0;
            while (source.Read(buffer) is > 0 and var read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                file.Write(buffer.AsSpan(0, read), length);
                crc = crc.Append(buffer.AsSpan(0, read));
                length += read;
            }

            if (length != upload.Bytes || crc.Value != upload.Crc32C)
                throw new BucketException(BucketFault.Damaged, $"{upload.Name} has {length} bytes with CRC-32C {crc}; sealed were {upload.Bytes} with {new Crc32C(upload.Crc32C)}.");

            File.SetUnixFileMode(temporary, ObjectMode);
            file.Sync();
            return new StoreReceipt(null, File.GetLastWriteTimeUtc(temporary), null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Each folder that is new gets its parent synced, so that a power cut cannot take the path away from under a durable object.
    private void EnsureFolder(string path)
    {
        if (Directory.Exists(path)) return;
        var parent = Path.GetDirectoryName(path);
        if (parent is not null) EnsureFolder(parent);
        Directory.CreateDirectory(path, FolderMode);
        if (parent is not null) files.SyncDirectory(parent);
    }

    private string PathOf(string name)
    {
        if (!IsName(name)) throw new BucketException(BucketFault.Refused, $"'{name}' is no object name.");
        return Path.Combine(root, name);
    }

    private static bool IsName(string name)
    {
        foreach (var part in name.AsSpan().Split('/'))
            if (name.AsSpan(part) is "" or "." or "..")
                return false;
        return !name.Contains('\0', StringComparison.Ordinal);
    }

    // What a killed run left half copied. Young files may be another agent's, at work in the same bucket.
    private void RemoveLeftovers()
    {
        if (Interlocked.Exchange(ref hasCleaned, 1) == 1) return;
        foreach (var path in Directory.EnumerateFiles(Path.Combine(root, TemporaryFolder)))
            if (TimeProvider.System.GetUtcNow() - File.GetLastWriteTimeUtc(path) > LeftoverAge) files.Unlink(path);
    }

    private static bool IsPassing(IOException e) => PassingErrors.Contains(e.HResult);

    private void TryRemove(string temporary)
    {
        try
        {
            files.Unlink(temporary);
        }
        catch (IOException)
        {
            // The fault that brought us here is the one to report; a left-over is invisible to listing and harmless.
        }
    }
}
