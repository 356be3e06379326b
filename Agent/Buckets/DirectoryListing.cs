using System.IO.Enumeration;

namespace Sealtail.Buckets;

/// <summary>Walks a directory tree in the order that an object store lists it, by the bytes of whole names, holding one window of one folder at a time.</summary>
internal static class DirectoryListing
{
    // Names held at once. A folder of more is read several times, so that a million manifests do not lie in memory.
    private const int Window = 50_000;

    /// <summary>Every object whose name begins with <paramref name="prefix"/>, in order.</summary>
    /// <exception cref="BucketException">A folder may not be read: what is in it is not known, and not nothing.</exception>
    public static IEnumerable<StoredObject> Walk(string root, string prefix, string hiddenFolder) =>
        // Whole folders of the prefix lead the way; what is left of it selects among names there.
        prefix.LastIndexOf('/') is var slash and >= 0
            ? WalkFolder(root, prefix[..(slash + 1)], prefix[(slash + 1)..], hiddenFolder)
            : WalkFolder(root, "", prefix, hiddenFolder);

    /// <summary>What lies directly in the folder, in no order. Nothing, if it is not there.</summary>
    /// <inheritdoc cref="Walk" path="/exception"/>
    public static IEnumerable<FolderEntry> Entries(string root, string folder, string hiddenFolder)
    {
        foreach (var (key, file) in Read(Path.Combine(root, folder), ""))
            if (!IsHidden(folder, key, hiddenFolder))
                yield return new FolderEntry(folder + key, file is null ? null : file with { Name = folder + key });
    }

    private static IEnumerable<StoredObject> WalkFolder(string root, string folder, string namePrefix, string hiddenFolder)
    {
        var path = Path.Combine(root, folder);
        string? after = null;
        while (true)
        {
            var window = NextWindow(path, namePrefix, after);
            foreach (var (key, info) in window)
            {
                if (info is null)
                {
                    if (IsHidden(folder, key, hiddenFolder)) continue;
                    foreach (var stored in WalkFolder(root, folder + key, "", hiddenFolder)) yield return stored;
                }
                else
                {
                    yield return info with { Name = folder + key };
                }
            }

            if (window.Count < Window) yield break;
            after = window[^1].Key;
        }
    }

    // The smallest names after `after`, sorted. A folder's name counts with its slash, as in the names of the objects below it.
    private static List<(string Key, StoredObject? File)> NextWindow(string path, string namePrefix, string? after)
    {
        var largestFirst = Comparer<string>.Create((left, right) => string.CompareOrdinal(right, left));
        var heap = new PriorityQueue<(string Key, StoredObject? File), string>(largestFirst);
        foreach (var entry in Read(path, namePrefix))
        {
            if (after is not null && string.CompareOrdinal(entry.Key, after) <= 0) continue;
            if (heap.Count < Window) heap.Enqueue(entry, entry.Key);
            else if (string.CompareOrdinal(entry.Key, heap.Peek().Key) < 0) heap.EnqueueDequeue(entry, entry.Key);
        }

        var window = new List<(string Key, StoredObject? File)>(heap.Count);
        while (heap.TryDequeue(out var entry, out _)) window.Add(entry);
        window.Reverse();
        return window;
    }

    private static IEnumerable<(string Key, StoredObject? File)> Read(string path, string namePrefix)
    {
        if (File.Exists(path.TrimEnd('/'))) yield break; // an object has nothing below it
        using var entries = Told(path, () => Enumerate(path, namePrefix));
        while (entries is not null && Told(path, entries.MoveNext)) yield return entries.Current;
    }

    // By default .NET passes over what it may not read, as if nothing were there.
    private static IEnumerator<(string Key, StoredObject? File)> Enumerate(string path, string namePrefix) =>
        new FileSystemEnumerable<(string Key, StoredObject? File)>(path, Describe, new EnumerationOptions { AttributesToSkip = 0, ReturnSpecialDirectories = false, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.FileName.StartsWith(namePrefix, StringComparison.Ordinal),
        }.GetEnumerator();

    // The step's result; nothing, if the folder is not there.
    private static T? Told<T>(string path, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (DirectoryNotFoundException)
        {
            return default;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BucketException(BucketFault.Denied, $"{path} cannot be listed: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new BucketException(BucketFault.Transient, $"{path} cannot be listed: {e.Message}", e);
        }
    }

    private static bool IsHidden(string folder, string key, string hiddenFolder) => folder.Length == 0 && key == hiddenFolder + "/";

    private static (string Key, StoredObject? File) Describe(ref FileSystemEntry entry)
    {
        var name = entry.FileName.ToString();
        var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0; // never followed: it could lead out of the bucket, or in a circle
        if (entry.IsDirectory && !isLink) return (name + "/", null);
        return (name, new StoredObject(name, entry.Length, null, null, entry.LastWriteTimeUtc, null));
    }
}
