using System.Runtime.InteropServices;

namespace Sealtail.Files;

/// <summary>
/// One folder's entries as readdir(3) gives them, names as bytes and folders told from the rest, without looking at each. .NET's enumerator looks at every entry
/// by its whole path, and makes a text of it. For one caller at a time.
/// </summary>
internal sealed unsafe partial class FolderReader : IDisposable
{
    private const int KindOffset = 18; // struct dirent, the same on every 64-bit architecture and C library
    private const int NameOffset = 19;
    private const byte UnknownKind = 0;
    private const byte FolderKind = 4;

    private readonly string path;
    private nint stream;
    private byte* entry;

    private FolderReader(string path, nint stream) => (this.path, this.stream) = (path, stream);

    /// <summary>The entry's name; it lives until the next <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> Name => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);

    /// <summary>Whether the entry is a folder; a link to one is not.</summary>
    public bool IsFolder => entry[KindOffset] == FolderKind || (entry[KindOffset] == UnknownKind && Look(Name) is { IsFolder: true });

    /// <summary>Null: there is no folder at the path.</summary>
    /// <inheritdoc cref="MoveNext" path="/exception"/>
    public static FolderReader? TryOpen(string path)
    {
        var stream = OpenDirectory(path);
        if (stream != 0) return new FolderReader(path, stream);
        return LibC.MeansMissing(Marshal.GetLastPInvokeError()) ? null : throw LibC.FailedAt("list", path);
    }

    /// <summary>Goes to the next entry but <c>.</c> and <c>..</c>; false at the end.</summary>
    /// <exception cref="UnauthorizedAccessException">It may not be listed.</exception>
    /// <exception cref="IOException">It cannot be.</exception>
    public bool MoveNext()
    {
        do
        {
            entry = (byte*)ReadDirectory(stream);
            if (entry is null) return Marshal.GetLastPInvokeError() is 0 ? false : throw LibC.FailedAt("list", path);
        }
        while (Name.SequenceEqual("."u8) || Name.SequenceEqual(".."u8));
        return true;
    }

    /// <summary>Size and time of an entry, without following a link; null: it is gone.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder may be listed, and what is in it not looked at.</exception>
    /// <exception cref="IOException">It cannot be.</exception>
    public ListedFacts? Look(ReadOnlySpan<byte> name) => LibC.LookIn(DescriptorOf(stream), name, path);

    public void Dispose()
    {
        if (stream != 0) _ = CloseDirectory(stream);
        stream = 0;
    }

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenDirectory(string path);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    private static partial nint ReadDirectory(nint stream);

    [LibraryImport("libc", EntryPoint = "dirfd")]
    private static partial int DescriptorOf(nint stream);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseDirectory(nint stream);
}
