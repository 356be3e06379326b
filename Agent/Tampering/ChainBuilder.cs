using System.Security.Cryptography;
using System.Text;
using Sealtail.Format;

namespace Sealtail.Tampering;

/// <summary>
/// Makes one stream's chain as a bucket holds it, independently of the agent's own writer: only Format and a P-256 key. Say what happened on the node
/// (<see cref="Start"/>, <see cref="Read"/>, <see cref="Rotate"/>, <see cref="Chunk"/>, <see cref="Heartbeat"/>, …), change any draft, then
/// <see cref="WriteTo"/>: everything from the change on is signed anew.
/// </summary>
internal sealed class ChainBuilder : IDisposable
{
    private readonly List<ChainBuilderDraft> drafts = [];
    private readonly List<SourceRange> ranges = [];
    private readonly List<byte> bytes = [];
    private readonly List<Gap> gaps = [];
    private bool isCheckpointDue;
    private long lastFile;
    private int lines;

    public ChainBuilder(string stream = "prod/cp-1/audit", DateTimeOffset? begin = null)
    {
        Stream = StreamName.TryParse(stream, out var name) ? name : throw new ArgumentException(stream, nameof(stream));
        Now = begin ?? new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);
        Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File = NextFile();
    }

    public StreamName Stream { get; }

    public ECDsa Key { get; set; }

    public string PublicKeyPem => Key.ExportSubjectPublicKeyInfoPem();

    public byte[] Spki => Key.ExportSubjectPublicKeyInfo();

    /// <summary>The node's clock, and the store's: they agree.</summary>
    public DateTimeOffset Now { get; set; }

    /// <summary>Between two manifests.</summary>
    public TimeSpan Step { get; set; } = TimeSpan.FromSeconds(30);

    public EpochPolicy Policy { get; set; } = new(600, 30, 16 << 20, 86_400);

    public Guid Lineage { get; set; } = Guid.Parse("7d1c5f0e-3a0b-4c8e-9d51-0c2f6f6a9a01");

    public long Epoch { get; set; }

    /// <summary>The file being read.</summary>
    public ChainBuilderFile File { get; set; }

    public IReadOnlyList<ChainBuilderDraft> Drafts => drafts;

    public ChainBuilderDraft Last => drafts[^1];

    public ChainBuilderDraft this[long epoch, long sequence] => drafts.Single(draft => draft.Manifest.Epoch == epoch && draft.Manifest.Sequence == sequence);

    public ChainBuilder Wait(TimeSpan time)
    {
        Now += time;
        return this;
    }

    /// <summary>A run claims the next epoch (or <paramref name="epoch"/>), linked to the last manifest of its lineage (or to <paramref name="link"/>).</summary>
    public ChainBuilder Start(StartCause? cause = null, long? epoch = null, ChainBuilderDraft? link = null, params SkippedEpochs[] skipped)
    {
        link ??= drafts.LastOrDefault(draft => draft.Manifest.Lineage == Lineage);
        Epoch = epoch ?? drafts.Select(draft => draft.Manifest.Epoch).DefaultIfEmpty(0).Max() + 1;
        var start = new EpochStart
        {
            Cause = cause ?? (link is null ? StartCause.FirstStart : StartCause.Restart),
            PreviousEpoch = null,
            Skipped = skipped,
            PublicKey = Spki,
            Policy = Policy,
            Host = new HostIdentity(Digest.Of("machine"u8).ToString(), "boot"),
        };
        var draft = Add(ManifestKind.EpochStart, [], start: start);
        draft.Link = link;
        return this;
    }

    /// <summary>The state directory is gone: a new lineage, whose files count from 1 again.</summary>
    public ChainBuilder LoseState(StartCause cause = StartCause.StateLost, params SkippedEpochs[] skipped)
    {
        Lineage = Guid.NewGuid();
        lastFile = 0;
        File = File.As(++lastFile);
        return Start(cause, skipped: skipped);
    }

    /// <summary>The apiserver writes <paramref name="text"/>, or one audit record if none is given, and the agent reads it into the open chunk.</summary>
    public ChainBuilder Read(string? text = null)
    {
        File.Bytes.AddRange(Encoding.UTF8.GetBytes(text ?? NextRecord()));
        return ReadTo(File.Bytes.Count);
    }

    /// <summary>The agent reads what the file has up to <paramref name="to"/> into the open chunk.</summary>
    public ChainBuilder ReadTo(long to)
    {
        bytes.AddRange(File.Bytes.Skip((int)File.Position).Take((int)(to - File.Position)));
        ranges.Add(File.Range(File.Position, to));
        File.Position = to;
        return this;
    }

    /// <summary>The file being read is final; the next one is begun.</summary>
    public ChainBuilder Rotate()
    {
        if (ranges is [.., var last] && last.File == File.Number) ranges[^1] = last with { Final = true };
        else ranges.Add(File.Range(File.Position, File.Position, final: true));
        File = NextFile();
        return this;
    }

    /// <summary>The reader goes on in <paramref name="file"/>; nothing is said of the one before.</summary>
    public ChainBuilder Switch(ChainBuilderFile file)
    {
        lastFile = Math.Max(lastFile, file.Number);
        File = file;
        return this;
    }

    /// <summary>A file of the lineage's next number, continuing an earlier one or new.</summary>
    public ChainBuilderFile NextFile(ChainBuilderFile? continues = null, long? position = null)
    {
        lastFile++;
        return continues is null
            ? new ChainBuilderFile(lastFile) { Inode = 131_000 + (ulong)lastFile }
            : continues.As(lastFile, position ?? continues.Position, continues.Number);
    }

    /// <summary>A gap to be declared with the next chunk or gap manifest.</summary>
    public ChainBuilder Lose(GapCause cause, long? file, long from, long? to, string detail = "")
    {
        gaps.Add(new Gap(file, file == File.Number ? File.Fingerprint : null, cause, from, to, detail));
        return this;
    }

    /// <summary>The reader goes on behind bytes that it could not read.</summary>
    public ChainBuilder Skip(int count)
    {
        File.Bytes.AddRange(new byte[count]);
        File.Position += count;
        return this;
    }

    /// <summary>Reads <paramref name="text"/> (one record if null), then seals and binds the open chunk.</summary>
    public ChainBuilder Chunk(string? text = null) => Read(text).Seal();

    /// <summary>Seals and binds what was read.</summary>
    public ChainBuilder Seal(CutReason reason = CutReason.Age)
    {
        var draft = Add(ManifestKind.Chunk, [], reason);
        Merge(draft);
        draft.Plain = [.. bytes];
        ranges.Clear();
        bytes.Clear();
        gaps.Clear();
        return this;
    }

    /// <summary>Tells the gaps without a chunk.</summary>
    public ChainBuilder TellGaps()
    {
        Add(ManifestKind.Gap, ranges.Count > 0 ? [ranges[^1]] : [File.Range(File.Position, File.Position)]);
        ranges.Clear();
        gaps.Clear();
        return this;
    }

    public ChainBuilder Heartbeat(SourceCondition state = SourceCondition.Idle, long? size = null, long pending = 0)
    {
        Add(ManifestKind.Heartbeat, [File.Range(File.Position, File.Position)], source: new SourceStatus(state, size ?? (File.Position + pending), pending));
        return this;
    }

    /// <summary>The agent stores a checkpoint of the epoch so far, which the next manifest names.</summary>
    public ChainBuilder Checkpoint()
    {
        isCheckpointDue = true;
        return this;
    }

    public ChainBuilder Stop()
    {
        Add(ManifestKind.Stop, [File.Range(File.Position, File.Position)]);
        return this;
    }

    /// <summary>Takes a draft out of the chain; the numbers after it are the caller's to mend.</summary>
    public void Remove(ChainBuilderDraft draft) => drafts.Remove(draft);

    /// <summary>A bucket that holds this chain.</summary>
    public MemoryBucket Build()
    {
        var bucket = new MemoryBucket();
        WriteTo(bucket);
        return bucket;
    }

    public void WriteTo(MemoryBucket bucket) => new ChainBuilderWriter(Stream, drafts).WriteTo(bucket);

    public void Dispose() => Key.Dispose();

    public string NextRecord() =>
        $"{{\"kind\":\"Event\",\"auditID\":\"id-{++lines}\",\"stage\":\"ResponseComplete\",\"requestURI\":\"/api/v1/pods\",\"stageTimestamp\":\"{Timestamp.Print(Now)}\"}}\n";

    private ChainBuilderDraft Add(ManifestKind kind, IReadOnlyList<SourceRange> sources, CutReason? reason = null, EpochStart? start = null, SourceStatus? source = null)
    {
        Now += Step;
        // Before anything was read there is no position to state.
        var position = kind == ManifestKind.EpochStart && File.Position > 0 ? [File.Range(File.Position, File.Position)] : sources;
        var draft = new ChainBuilderDraft
        {
            Key = Key,
            Created = Now,
            ChunkCreated = Now - TimeSpan.FromMilliseconds(50),
            IsCheckpointed = isCheckpointDue,
            Manifest = new Manifest
            {
                Subject = default,
                Stream = Stream,
                Lineage = Lineage,
                Epoch = Epoch,
                Sequence = drafts.Count(other => other.Manifest.Epoch == Epoch),
                Kind = kind,
                Log = default,
                Signed = Timestamp.Truncate(Now - TimeSpan.FromMilliseconds(20)),
                Entry = new EntryFacts { Sealed = Timestamp.Truncate(Now - TimeSpan.FromMilliseconds(kind is ManifestKind.Chunk or ManifestKind.Gap ? 120 : 20)), Reason = reason, Sources = position, Gaps = [.. gaps] },
                Totals = default,
                Receipts = [],
                Agent = new AgentVersion("chain-builder", "1"),
                Start = start,
                Source = source,
            },
        };
        isCheckpointDue = false;
        drafts.Add(draft);
        return draft;
    }

    // Reads of one file one after the other are one range.
    private void Merge(ChainBuilderDraft draft)
    {
        var merged = new List<SourceRange>();
        foreach (var range in ranges)
        {
            if (merged is [.., var last] && Extends(last, range)) merged[^1] = range with { From = last.From };
            else merged.Add(range);
        }

        // The fingerprint is taken at sealing.
        var sources = merged.Select(range => range.File == File.Number ? range with { Fingerprint = File.Fingerprint } : range).ToArray();
        draft.Manifest = draft.Manifest with { Entry = draft.Manifest.Entry with { Sources = sources } };
    }

    private static bool Extends(SourceRange range, SourceRange next) => next.File == range.File && next.From == range.To && !range.Final;
}
