using System.Threading.Channels;
using Sealtail.Buckets;

namespace Sealtail.Verifying;

/// <summary>
/// Lists a tree of folders with several at work at once: folders that are opened show their own folders, which are work for whoever is free; all others are
/// listed as a whole. In no order. A folder that cannot be listed is told of, and the others go on.
/// </summary>
internal sealed class FolderWalk(IBucket bucket, int atOnce)
{
    // Many small folders are listed several together, as long as there is enough to do for everybody.
    private const int Groups = 64;

    private readonly Channel<Work> waiting = Channel.CreateUnboundedPrioritized<Work>(new() { Comparer = Work.DeepestFirst });
    private int open; // what waits and what is at work

    /// <summary>Whether the folder is opened, listed as a whole, or left alone. From any thread.</summary>
    public required Func<string, FolderUse> UseOf { get; init; }

    /// <summary>Takes an object. From any thread.</summary>
    public required Action<StoredObject> Found { get; init; }

    /// <summary>Takes the beginning of the names that could not be listed to the end, and why. From any thread.</summary>
    public required Action<string, BucketException> Failed { get; init; }

    /// <summary>To be run once.</summary>
    public async Task RunAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        open = 1; // so that the first does not end it before the last is put
        foreach (var folder in folders) Put(folder);
        Close();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(() => WorkAsync(ended), ended.Token)));
    }

    private async Task WorkAsync(CancellationTokenSource ended)
    {
        try
        {
            await foreach (var work in waiting.Reader.ReadAllAsync(ended.Token))
            {
                await DoAsync(work, ended.Token);
                Close();
            }
        }
        catch
        {
            await ended.CancelAsync(); // nobody can go on: the others must not wait for what does not come
            throw;
        }
    }

    private async Task DoAsync(Work work, CancellationToken cancellationToken)
    {
        try
        {
            if (work.IsOpened) await OpenAsync(work.Prefix, cancellationToken);
            else
                await foreach (var stored in bucket.ListAsync(work.Prefix, cancellationToken))
                    if (stored.Name.IndexOf('/', work.FolderLength) >= 0) // the folder's own objects were seen when it was opened
                        Found(stored);
        }
        catch (BucketException e)
        {
            Failed(work.Prefix, e);
        }
    }

    private async Task OpenAsync(string folder, CancellationToken cancellationToken)
    {
        var whole = new List<string>();
        await foreach (var entry in bucket.ListFolderAsync(folder, cancellationToken))
        {
            if (entry.Object is { } stored) Found(stored);
            else if (UseOf(entry.Name) == FolderUse.Whole) whole.Add(entry.Name);
            else Put(entry.Name);
        }

        foreach (var prefix in Grouped(whole)) Add(new Work(prefix, folder.Length, IsOpened: false));
    }

    // Folders of names of one length are told apart by fewer characters: all days of a month, ten or a thousand epochs.
    private static IEnumerable<string> Grouped(List<string> folders)
    {
        if (folders.Count <= Groups || folders.Any(name => name.Length != folders[0].Length)) return folders;
        for (var length = folders[0].Length - 1; ; length--)
        {
            var groups = folders.Select(name => name[..length]).Distinct().ToArray();
            if (groups.Length <= Groups) return groups;
        }
    }

    private void Put(string folder)
    {
        var use = UseOf(folder);
        if (use != FolderUse.None) Add(new Work(folder, folder.LastIndexOf('/', folder.Length - 2) + 1, use == FolderUse.Opened));
    }

    private void Add(Work work)
    {
        Interlocked.Increment(ref open);
        waiting.Writer.TryWrite(work); // it takes everything
    }

    private void Close()
    {
        if (Interlocked.Decrement(ref open) == 0) waiting.Writer.Complete();
    }

    /// <param name="Prefix">Of the names to list: a folder, or what several folders' names begin with.</param>
    /// <param name="FolderLength">Of the name of the folder that it lies in.</param>
    /// <param name="IsOpened">Whether it is one folder to be opened.</param>
    private readonly record struct Work(string Prefix, int FolderLength, bool IsOpened)
    {
        // So that no more waits than the folders of one folder on each level.
        public static Comparer<Work> DeepestFirst { get; } = Comparer<Work>.Create((left, right) => right.FolderLength.CompareTo(left.FolderLength));
    }
}

/// <summary>What <see cref="FolderWalk"/> does with a folder.</summary>
internal enum FolderUse
{
    /// <summary>Nothing: what is in it does not matter.</summary>
    None,

    /// <summary>Its own objects are taken, and its folders are work of their own.</summary>
    Opened,

    /// <summary>All that is below it is listed in one go.</summary>
    Whole,
}
