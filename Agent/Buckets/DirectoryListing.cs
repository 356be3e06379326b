using System.IO.Enumeration;

namespace Sealtail.Buckets;

/// <summary>Walks a directory tree in the order that an object store lists it, by the bytes of whole names, holding one window of one folder at a time.</summary>
internal static class DirectoryListing
{
    // Names held at once. A folder of more is read several times, so that a million manifests do not lie in memory.
    private const int Window = 50_000;

    public static IEnumerable<StoredObject> Walk(string root, string prefix, string hiddenFolder) =>
        // Whole folders of the prefix lead the way; what is left of it selects among names there.
        prefix.LastIndexOf('/') is var slash and >= 0
            ? WalkFolder(root, prefix[..(slash + 1)], prefix[(slash + 1)..], hiddenFolder)
            : WalkFolder(root, "", prefix, hiddenFolder);

    private static IEnumerable<StoredObject> WalkFolder(string root, string folder, string namePrefix, string hiddenFolder)
    {
        var path = Path.Combine(root, folder);
        if (!Directory.Exists(path)) yield break;

        string? after = null;
        while (true)
        {
            var window = NextWindow(path, namePrefix, after);
            foreach (var (key, info) in window)
            {
                if (info is null)
                {
                    if (folder.Length == 0 && key == hiddenFolder + "/") continue;
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
        var entries = new FileSystemEnumerable<(string Key, StoredObject? File)>(path, Describe, new EnumerationOptions { AttributesToSkip = 0, ReturnSpecialDirectories = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.FileName.StartsWith(namePrefix, StringComparison.Ordinal),
        };

        var largestFirst = Comparer<string>.Create((left, right) => string.CompareOrdinal(right, left));
        var heap = new PriorityQueue<(string Key, StoredObject? File), string>(largestFirst);
        foreach (var entry in entries)
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

    private static (string Key, StoredObject? File) Describe(ref FileSystemEntry entry)
    {
        var name = entry.FileName.ToString();
        var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0; // never followed: it could lead out of the bucket, or in a circle
        if (entry.IsDirectory && !isLink) return (name + "/", null);
        return (name, new StoredObject(name, entry.Length, null, null, entry.LastWriteTimeUtc, null));
    }
}
