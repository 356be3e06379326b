using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>All log files of a stream, by the branch that read them. Fed by the walk; heads come from the threads that prove chunks.</summary>
internal sealed class FileTracks
{
    private readonly Lock gate = new(); // guards the heads of tracks
    private readonly Dictionary<int, int> parents = []; // by branch
    private readonly List<FileTrack> tracks = [];
    private readonly Dictionary<(int Segment, long Root), FileTrack> newest = [];
    private readonly List<(IReadOnlyList<FileTrack> Before, FileTrack After)> rolledBack = [];
    private readonly Dictionary<(int Segment, long Root), List<FileTrack>> readings = [];

    /// <summary>In the order in which they begin: epoch order.</summary>
    public IReadOnlyList<FileTrack> All => tracks;

    /// <summary>Readings of one file before and after its source was rolled back; of those before, which may be several, the newest first.</summary>
    public IReadOnlyList<(IReadOnlyList<FileTrack> Before, FileTrack After)> RolledBack => rolledBack;

    /// <summary>The branch goes on with the files of another one.</summary>
    public void Part(int segment, int parent) => parents[segment] = parent;

    public FileTrack Add(int segment, long root, SourceRange range, long epoch, long sequence)
    {
        if (!newest.TryGetValue((segment, root), out var track)) track = Begin(segment, root);
        track.Add(range, epoch, sequence);
        return track;
    }

    /// <summary>The file's next bytes are read again, from before where it was read to.</summary>
    public void RollBack(int segment, long root)
    {
        if (!readings.TryGetValue((segment, root), out var before)) return;
        FileTrack[] newestFirst = [.. Enumerable.Reverse(before)];
        rolledBack.Add((newestFirst, Begin(segment, root)));
    }

    public void TakeHead(FileTrack track, FileHead head)
    {
        lock (gate) track.AddHead(head.Range.From, head.Bytes.ToArray());
    }

    private FileTrack Begin(int segment, long root)
    {
        var track = new FileTrack(segment, root, tracks.Count, parents.TryGetValue(segment, out var parent) ? newest.GetValueOrDefault((parent, root)) : null);
        tracks.Add(track);
        newest[(segment, root)] = track;
        (readings.TryGetValue((segment, root), out var all) ? all : readings[(segment, root)] = []).Add(track);
        return track;
    }
}
