using System.Text;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>Manifests of every kind with every member, and strings as hostile as the format lets them be.</summary>
internal sealed class RandomManifest(int seed)
{
    private const long MaxInteger = (1L << 53) - 1;
    private const string Alphabet = "ab/\\\"'<>&+=\0\u0001\u001f\u007f\u0085\u00a0\u200b\u202e\u2028\ufeff\ufffd\uffffżł漢😀\r\n\t{}[]:,";

    private readonly Random random = new(seed);

    public Manifest Next()
    {
        var kind = (ManifestKind)random.Next(5);
        var isChunk = kind == ManifestKind.Chunk;
        return new Manifest
        {
            Subject = new Subject(WholeText(), Sha()),
            Stream = Stream(),
            Lineage = new Guid(Bytes(16)),
            Epoch = 1 + random.NextInt64(ManifestName.MaxEpoch),
            Sequence = kind == ManifestKind.EpochStart ? 0 : 1 + random.NextInt64(ManifestName.MaxSequence),
            Kind = kind,
            Previous = kind == ManifestKind.EpochStart ? null : Sha(),
            Log = new LogState(Integer(), Sha()),
            Signed = Time(),
            Entry = new EntryFacts
            {
                Sealed = Time(),
                Reason = isChunk ? (CutReason)random.Next(5) : null,
                Object = isChunk ? new ChunkObject(WholeText(), Integer(), Sha(), new Crc32C((uint)random.NextInt64(1L << 32))) : null,
                Content = isChunk ? new ChunkContent(Integer(), Sha(), Integer(), Integer(), Sha()) : null,
                First = isChunk ? Maybe(Summary) : null,
                Last = isChunk ? Maybe(Summary) : null,
                Sources = List(Range),
                Gaps = List(Gap),
            },
            Totals = new Totals(Integer(), Integer(), Integer()),
            Receipts = List(Receipt),
            Checkpoints = List(() => new StoredCheckpoint(1 + random.NextInt64(ManifestName.MaxEpoch), 1 + random.NextInt64(ManifestName.MaxSequence), Sha())),
            Agent = new AgentVersion(WholeText(), WholeText()),
            Start = kind == ManifestKind.EpochStart ? Start() : null,
            Source = kind == ManifestKind.Heartbeat ? new SourceStatus((SourceCondition)random.Next(4), Integer(), Integer()) : null,
        };
    }

    public StreamName Stream() => StreamName.Create(Label(63), Label(253), Label(63));

    public Digest Sha() => new(Bytes(32));

    public DateTimeOffset Time() => Timestamp.Truncate(new DateTimeOffset(random.NextInt64(DateTime.MaxValue.Ticks), TimeSpan.Zero));

    /// <summary>May hold lone surrogates and be longer than what the format keeps.</summary>
    public string AnyText()
    {
        var text = WholeText().ToCharArray();
        if (text.Length > 0 && random.Next(3) == 0) text[random.Next(text.Length)] = (char)random.Next(0xd800, 0xe000);
        return new string(text);
    }

    private string WholeText()
    {
        var text = new StringBuilder();
        var runes = Alphabet.EnumerateRunes().ToArray();
        for (var length = random.Next(4) == 0 ? random.Next(400) : random.Next(8); length > 0; length--) text.Append(runes[random.Next(runes.Length)]);
        return text.ToString();
    }

    private EpochStart Start() => new()
    {
        Cause = (StartCause)random.Next(4),
        PreviousEpoch = random.Next(2) == 0 ? null : new ManifestLink(1 + random.NextInt64(ManifestName.MaxEpoch), random.NextInt64(ManifestName.MaxSequence + 1), Sha()),
        Skipped = List(() => 1 + random.NextInt64(ManifestName.MaxEpoch) is var from ? new SkippedEpochs(from, random.NextInt64(from, ManifestName.MaxEpoch + 1), (SkipReason)random.Next(2)) : default),
        PublicKey = Bytes(random.Next(100)),
        Policy = new EpochPolicy(Integer(), Integer(), Integer(), random.Next(2) == 0 ? null : Integer()),
        Host = new HostIdentity(WholeText(), Kept()),
    };

    private SourceRange Range() => Integer() is var from ? new SourceRange
    {
        File = Integer(),
        Continues = random.Next(2) == 0 ? null : Integer(),
        Path = Kept(),
        Device = (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        Inode = (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        Fingerprint = Print(),
        From = from,
        To = random.NextInt64(from, MaxInteger + 1),
        Final = random.Next(2) == 0,
    } : null!;

    private Gap Gap() => Integer() is var from
        ? new Gap(
            random.Next(2) == 0 ? null : Integer(),
            random.Next(2) == 0 ? null : Print(),
            (GapCause)random.Next(9),
            from,
            random.Next(2) == 0 ? null : random.NextInt64(from, MaxInteger + 1),
            Kept())
        : null!;

    private Receipt Receipt() =>
        new(Integer(), Integer(), (ReceiptObject)random.Next(2), (PutResult)random.Next(2), Maybe(Kept), random.Next(2) == 0 ? null : Time(), random.Next(2) == 0 ? null : Time());

    private RecordSummary Summary() => new(Maybe(Kept), Maybe(Kept), Maybe(Kept));

    private Fingerprint Print() => new(random.Next(Fingerprint.MaxBytes + 1), Sha());

    // What the writer keeps of a foreign string: the value a reader can get back.
    private string Kept() => ForeignText.Cut(AnyText());

    private long Integer() => random.Next(3) switch { 0 => random.Next(3), 1 => MaxInteger - random.Next(3), _ => random.NextInt64(MaxInteger) };

    private string Label(int maxLength)
    {
        const string inner = "abcxyz0189.-";
        var length = random.Next(4) == 0 ? maxLength : 1 + random.Next(maxLength);
        return string.Create(length, random, static (label, random) =>
        {
            for (var i = 0; i < label.Length; i++) label[i] = inner[random.Next(i == 0 || i == label.Length - 1 ? 10 : 12)];
        });
    }

    private List<T> List<T>(Func<T> next) => Enumerable.Range(0, random.Next(4)).Select(_ => next()).ToList();

    private T? Maybe<T>(Func<T> next) where T : class => random.Next(2) == 0 ? null : next();

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
