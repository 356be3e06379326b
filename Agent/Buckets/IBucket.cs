using System.Runtime.CompilerServices;

namespace Sealtail.Buckets;

/// <summary>Where sealed objects go and are read back from. Names are relative to the bucket's configured prefix.</summary>
internal interface IBucket : IDisposable
{
    /// <summary>The bucket as a person names it: <c>gs://bucket/prefix</c> or <c>file:///dir</c>.</summary>
    string Location { get; }

    /// <summary>Whether <see cref="StoredObject.TimeCreated"/> is set by a store that the node does not control.</summary>
    bool HasStoreClock { get; }

    /// <summary>How it stands with the identity that requests are made as; null where none is needed.</summary>
    CredentialStatus? Credential => null;

    /// <summary>What is known of the copy, if this is an export of a bucket; null: it is the bucket itself.</summary>
    ExportSeal? Seal => null;

    /// <summary>
    /// One attempt to create the object. When this returns <see cref="PutOutcome.Created"/>, the store has exactly these bytes, whole, and the reply
    /// was checked (size, CRC-32C). When it returns not created, an object of that name was there before, and nothing was changed.
    /// </summary>
    /// <exception cref="BucketException">Nothing definite is known, or the store refused; <see cref="BucketException.Fault"/> says which.</exception>
    Task<PutOutcome> CreateAsync(Upload upload, CancellationToken cancellationToken);

    /// <summary>Every object whose name begins with <paramref name="prefix"/>, in ordinal (UTF-8 byte) order of names.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>
    /// What lies directly in the folder: its objects, and its own folders. Each once, in no particular order. With it a tree is listed by several at once.
    /// </summary>
    /// <param name="folder">Empty, or ends with <c>/</c>.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    async IAsyncEnumerable<FolderEntry> ListFolderAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = "";
        await foreach (var stored in ListAsync(folder, cancellationToken))
        {
            var slash = stored.Name.IndexOf('/', folder.Length);
            if (slash < 0) yield return new FolderEntry(stored.Name, stored);
            else if (!stored.Name.AsSpan(0, slash + 1).SequenceEqual(last)) yield return new FolderEntry(last = stored.Name[..(slash + 1)], null);
        }
    }

    /// <summary>The object's bytes from <paramref name="offset"/> to the end, as they were at listing.</summary>
    /// <exception cref="BucketException"><see cref="BucketFault.NotFound"/> when it is gone or is not the listed one.</exception>
    Task<Stream> OpenReadAsync(StoredObject stored, long offset, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a small object into <paramref name="buffer"/> on the spot, as many bytes as there are and it holds, where that takes no waiting: from a directory.
    /// Null: not here, or not now; <see cref="OpenReadAsync"/> then tells why.
    /// </summary>
    int? TryReadNow(StoredObject stored, Span<byte> buffer) => null;

    /// <summary>What the bucket says of its own retention; <see cref="BucketRetention.Known"/> is false where it may not be looked at.</summary>
    Task<BucketRetention> GetRetentionAsync(CancellationToken cancellationToken);

    /// <summary>Which of these permissions the identity has on the bucket as a whole; null where the store knows no permissions. Changes nothing.</summary>
    Task<IReadOnlySet<string>?> TestPermissionsAsync(IReadOnlyList<string> permissions, CancellationToken cancellationToken) => Task.FromResult<IReadOnlySet<string>?>(null);
}

/// <summary>Where an export came from, by whose word, and what is wrong with it.</summary>
/// <param name="Statement">A sentence.</param>
/// <param name="Problem">A sentence; null: it is as it was sealed.</param>
internal sealed record ExportSeal(string Statement, string? Problem);
