namespace Sealtail.Files;

/// <summary>A kind of step that changes what a crash or a power cut leaves on disk.</summary>
internal enum DurableStep { Open, Write, Sync, Rename, Link, Unlink, SyncDirectory, Preallocate }

/// <summary>Told before and after every durable step; a test throws from it to crash there.</summary>
internal delegate void StepHook(DurableStep step, bool after, string path);

/// <summary>
/// All writing that must survive a crash goes through here: one place that knows what durable means (docs/reliability.md, "Laws"), with a
/// hook at each step. Instances are independent, so that tests can crash in parallel.
/// </summary>
internal sealed class DurableFiles(StepHook? hook = null)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>A new, empty file of mode 0600. Fails if the name exists.</summary>
    public DurableFile Create(string path) => Open(path, FileMode.CreateNew, OwnerOnly);

    /// <summary>As <see cref="Create"/> with another mode, for files that others may read.</summary>
    public DurableFile Create(string path, UnixFileMode mode) => Open(path, FileMode.CreateNew, mode);

    /// <summary>An existing file, for writing in place.</summary>
    public DurableFile OpenExisting(string path) => Open(path, FileMode.Open, null);

    /// <summary>Atomic within a file system; durable only after <see cref="SyncDirectory"/>.</summary>
    public void Rename(string from, string to)
    {
        hook?.Invoke(DurableStep.Rename, false, to);
        LibC.Rename(from, to);
        hook?.Invoke(DurableStep.Rename, true, to);
    }

    /// <summary>Gives the file a second name, never replacing; false if the name exists.</summary>
    public bool TryLink(string existing, string name)
    {
        hook?.Invoke(DurableStep.Link, false, name);
        var linked = LibC.TryLink(existing, name);
        hook?.Invoke(DurableStep.Link, true, name);
        return linked;
    }

    /// <summary>Removes the name if it is there.</summary>
    public void Unlink(string path)
    {
        hook?.Invoke(DurableStep.Unlink, false, path);
        LibC.TryUnlink(path);
        hook?.Invoke(DurableStep.Unlink, true, path);
    }

    public void SyncDirectory(string path)
    {
        hook?.Invoke(DurableStep.SyncDirectory, false, path);
        LibC.SyncDirectory(path);
        hook?.Invoke(DurableStep.SyncDirectory, true, path);
    }

    /// <summary>
    /// The file <paramref name="path"/> has these bytes, durably, when this returns; before that it has its old content or none.
    /// A crash here leaves at most <c>path.tmp</c>, which the next call replaces.
    /// </summary>
    public void WriteAtomically(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = path + ".tmp";
        Unlink(temporary);
        using (var file = Create(temporary))
        {
            file.Append(bytes);
            file.Sync();
        }

        Rename(temporary, path);
        SyncDirectory(Path.GetDirectoryName(path)!); // a file always has a directory
    }

    private DurableFile Open(string path, FileMode mode, UnixFileMode? permissions)
    {
        hook?.Invoke(DurableStep.Open, false, path);
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (permissions is not null) options.UnixCreateMode = permissions;
        var stream = new FileStream(path, options);
        hook?.Invoke(DurableStep.Open, true, path);
        return new DurableFile(stream, path, hook);
    }
}
