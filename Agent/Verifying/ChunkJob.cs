using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>A chunk that a signed manifest names, found in the listing and not yet opened.</summary>
internal sealed record ChunkJob(StoredObject Stored, EntryFacts Facts, ChunkObject Chunk, ChunkContent Content);

/// <summary>What is wrong with a chunk (nothing: it is proven), and the beginnings of log files in it.</summary>
internal sealed record ChunkVerdict(IReadOnlyList<ChunkFault> Faults, IReadOnlyList<FileHead> Heads);

internal readonly record struct ChunkFault(FindingKind Kind, string Message);
