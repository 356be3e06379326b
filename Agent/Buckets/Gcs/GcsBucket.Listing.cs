using System.Runtime.CompilerServices;

namespace Sealtail.Buckets.Gcs;

/// <summary>Listing, a page after the other; the next one comes while one is worked on.</summary>
internal sealed partial class GcsBucket
{
    private const int PageSize = 1000;

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(prefix, "", cancellationToken))
            foreach (var stored in Named(page.Objects))
                yield return stored;
    }

    public async IAsyncEnumerable<FolderEntry> ListFolderAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(folder, "&delimiter=/", cancellationToken))
        {
            foreach (var stored in Named(page.Objects)) yield return new FolderEntry(stored.Name, stored);
            foreach (var name in page.Folders) yield return new FolderEntry(name[location.Prefix.Length..], null);
        }
    }

    // A placeholder for the prefix itself, as consoles make them, has no name of its own.
    private IEnumerable<StoredObject> Named(IEnumerable<StoredObject> objects) =>
        objects.Where(stored => stored.Name.Length > location.Prefix.Length).Select(stored => stored with { Name = stored.Name[location.Prefix.Length..] });

    private async IAsyncEnumerable<ListedPage> PagesAsync(string prefix, string more, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        string? token = null;
        var coming = PageAsync(token);
        try
        {
            while (true)
            {
                var page = await coming;
                if (page.Next is not null && page.Next == token) throw new BucketException(BucketFault.Refused, $"{Location} lists the same page for ever.");
                token = page.Next;
                if (token is not null) coming = PageAsync(token);
                yield return page;
                if (token is null) yield break;
            }
        }
        finally
        {
            // Whoever stops early leaves a page on its way.
            await abandoned.CancelAsync();
            await coming.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        Task<ListedPage> PageAsync(string? token) => ReadAsync(attempt => ListPageAsync(prefix, more, token, attempt), abandoned.Token);
    }

    private async Task<ListedPage> ListPageAsync(string prefix, string more, string? page, CancellationToken cancellationToken)
    {
        var path = $"storage/v1/b/{Uri.EscapeDataString(location.Bucket)}/o?maxResults={PageSize}&fields=nextPageToken,prefixes,items({ObjectReply.Fields})&prefix={Uri.EscapeDataString(location.Prefix + prefix)}{more}"
            + (page is null ? "" : $"&pageToken={Uri.EscapeDataString(page)}");
        var reply = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        if (!reply.IsSuccess) throw Refusal($"{Location} cannot be listed", reply, GcsError.Parse(reply.Body), isObject: false);
        return Parsed(reply, ObjectReply.ParsePage);
    }
}
