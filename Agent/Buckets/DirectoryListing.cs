using System.Text;
using Sealtail.Files;

namespace Sealtail.Buckets;

/// <summary>Walks a directory tree in the order that an object store lists it, by the bytes of whole names, holding one window of one folder at a time.</summary>
internal static class DirectoryListing
{
    // Names held at once, and as many again while they are sought. A folder of more is read several times, so that a million manifests do not lie in memory.
    private const int Window = 50_000;

    private static readonly Comparer<Entry> ByName = Comparer<Entry>.Create((left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));

    /// <summary>Every object whose name begins with <paramref name="prefix"/>, in order.</summary>
    /// <exception cref="BucketException">A folder may not be read: what is in it is not known, and not nothing.</exception>
    public static IEnumerable<StoredObject> Walk(string root, string prefix, string hiddenFolder, int window = Window) =>
        // Whole folders of the prefix lead the way; what is left of it selects among names there.
        prefix.LastIndexOf('/') is var slash and >= 0
            ? WalkFolder(root, prefix[..(slash + 1)], prefix[(slash + 1)..], hiddenFolder, window)
            : WalkFolder(root, "", prefix, hiddenFolder, window);

    /// <summary>What lies directly in the folder, in no order. Nothing, if it is not there.</summary>
    /// <inheritdoc cref="Walk" path="/exception"/>
    public static IEnumerable<FolderEntry> Entries(string root, string folder, string hiddenFolder)
    {
        var path = Path.Combine(root, folder);
        using var reader = Told(path, () => FolderReader.TryOpen(path));
        while (reader is not null && Told(path, reader.MoveNext))
        {
            var entry = Told(path, () => Looked(reader, Seen(reader)));
            if (entry.IsFolder && !IsHidden(folder, entry, hiddenFolder)) yield return new FolderEntry(NameIn(folder, entry), null);
            else if (entry.Facts is { } facts) yield return new FolderEntry(NameIn(folder, entry), Describe(folder, entry, facts));
        }
    }

    private static IEnumerable<StoredObject> WalkFolder(string root, string folder, string namePrefix, string hiddenFolder, int size)
    {
        var path = Path.Combine(root, folder);
        byte[]? after = null;
        while (true)
        {
            var window = Told(path, () => NextWindow(path, Encoding.UTF8.GetBytes(namePrefix), after, size));
            foreach (var entry in window)
            {
                if (entry.Facts is { } facts) yield return Describe(folder, entry, facts);
                else if (entry.IsFolder && !IsHidden(folder, entry, hiddenFolder))
                    foreach (var stored in WalkFolder(root, NameIn(folder, entry), "", hiddenFolder, size))
                        yield return stored;
            }

            if (window.Count < size) yield break;
            after = window[^1].Key;
        }
    }

    // The smallest names after `after`, sorted, each looked at. A folder's name counts with its slash, as in the names of the objects below it.
    private static List<Entry> NextWindow(string path, byte[] namePrefix, byte[]? after, int size)
    {
        var window = new List<Entry>();
        using var reader = FolderReader.TryOpen(path);
        byte[]? beyond = null; // as many are held that are smaller
        while (reader is not null && reader.MoveNext())
        {
            if (!reader.Name.StartsWith(namePrefix)) continue;
            var entry = Seen(reader);
            if (after is not null && entry.Key.AsSpan().SequenceCompareTo(after) <= 0) continue;
            if (beyond is not null && entry.Key.AsSpan().SequenceCompareTo(beyond) > 0) continue;
            window.Add(entry);
            if (window.Count < 2 * size) continue;
            Cut(window, size);
            beyond = window[^1].Key;
        }

        Cut(window, size);
        for (var i = 0; i < window.Count; i++) window[i] = Looked(reader!, window[i]); // where there are entries, there was a folder
        return window;
    }

    private static void Cut(List<Entry> window, int size)
    {
        window.Sort(ByName);
        if (window.Count > size) window.RemoveRange(size, window.Count - size);
    }

    private static Entry Seen(FolderReader reader) => reader.IsFolder ? new Entry([.. reader.Name, (byte)'/'], IsFolder: true, null) : new Entry(reader.Name.ToArray(), IsFolder: false, null);

    private static Entry Looked(FolderReader reader, Entry entry) => entry.IsFolder ? entry : entry with { Facts = reader.Look(entry.Key) };

    private static T Told<T>(string path, Func<T> step)
    {
        try
        {
            return step();
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

    private static bool IsHidden(string folder, Entry entry, string hiddenFolder) => folder.Length == 0 && NameIn(folder, entry) == hiddenFolder + "/";

    private static string NameIn(string folder, Entry entry) => folder + Encoding.UTF8.GetString(entry.Key);

    private static StoredObject Describe(string folder, Entry entry, ListedFacts facts) => new(NameIn(folder, entry), facts.Bytes, null, null, TimeOf(facts.Modified), null);

    // A file system may say anything of a copy that somebody else made.
    private static DateTimeOffset? TimeOf(Int128 nanoseconds)
    {
        var ticks = (nanoseconds / 100) + DateTimeOffset.UnixEpoch.Ticks;
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset((long)ticks, TimeSpan.Zero) : null;
    }

    /// <param name="Key">Its name in the folder, as bytes; a folder's with a slash.</param>
    /// <param name="IsFolder">A link to one is not.</param>
    /// <param name="Facts">Of what is no folder, once it was looked at; null: it is gone.</param>
    private readonly record struct Entry(byte[] Key, bool IsFolder, ListedFacts? Facts);
}
