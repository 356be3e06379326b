using System.Collections.Concurrent;
using Sealtail.Format;

namespace Sealtail.Tailing;

/// <summary>
/// A thread of its own that sees rotations while the reading thread is busy: hashing, compressing, syncing, or short of CPU. It touches nothing of
/// the reader's: each look at the directory, with descriptors of the files that are new in it, waits in order until the reader takes it up. So it
/// sleeps most of the time and is woken within milliseconds also on a loaded node, where with few and small backups a file lives no longer than
/// that.
/// </summary>
internal sealed class Lookout : IDisposable
{
    private const int MostListed = 100_000; // names that wait, some 10 MB: beyond either nothing is looked at until the reader has caught up
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan RestPerName = TimeSpan.FromMicroseconds(10); // thousands of backups take a while to list: a fifth of a core goes there at most
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(10);

    private readonly Scout scout;
    private readonly ChangeSignal signal;
    private readonly TimeSpan interval;
    private readonly ConcurrentQueue<Sighting> sightings = new();
    private readonly ManualResetEvent stopping = new(false);
    private readonly object gate = new(); // guards asked, answered and isOver
    private readonly Thread thread;
    private long asked;
    private long answered;
    private bool isOver;
    private int opened;
    private int listed;

    public Lookout(Scout scout, ChangeSignal signal, TimeSpan interval)
    {
        (this.scout, this.signal) = (scout, signal);
        this.interval = interval < ShortestInterval ? ShortestInterval : interval;
        thread = new Thread(Run) { IsBackground = true, Name = "lookout" };
        thread.Start();
    }

    /// <summary>Whether something was seen that nobody has taken up.</summary>
    public bool HasNews => !sightings.IsEmpty;

    /// <summary>Has the directory looked at once more, and returns when that was done.</summary>
    public void LookNow()
    {
        lock (gate)
        {
            var mine = ++asked;
            signal.Wake();
            while (answered < mine && !isOver) Monitor.Wait(gate);
        }
    }

    /// <summary>What was seen, oldest first.</summary>
    public bool TryTake(out Sighting sighting)
    {
        if (!sightings.TryDequeue(out sighting!)) return false;
        if (sighting.Listing is not { } listing) return true;
        Interlocked.Add(ref opened, -listing.Opened.Count);
        Interlocked.Add(ref listed, -listing.Backups.Count);
        return true;
    }

    public void Dispose()
    {
        stopping.Set();
        if (!thread.Join(Patience)) return; // it hangs in a dead file system; the process can end without it
        stopping.Dispose();
        while (sightings.TryDequeue(out var sighting)) sighting.Listing?.Opened.Dispose();
    }

    private void Run()
    {
        do
        {
            long wanted;
            lock (gate) wanted = asked;
            var names = Look(isAsked: wanted > answered); // only this thread writes answered
            lock (gate)
            {
                answered = wanted;
                Monitor.PulseAll(gate);
            }

            if (stopping.WaitOne(Rest + RestPerName * names)) break;
            lock (gate) wanted = asked;
            if (wanted == answered) signal.Await(interval, stopping);
        }
        while (!stopping.WaitOne(0));

        lock (gate)
        {
            isOver = true;
            Monitor.PulseAll(gate);
        }
    }

    // Returns how many names were listed.
    private int Look(bool isAsked)
    {
        if (!isAsked && (Volatile.Read(ref opened) >= LogSeries.MostHeld || Volatile.Read(ref listed) >= MostListed)) return 0;
        if (Sight() is not { } sighting) return 0;
        Interlocked.Add(ref opened, sighting.Listing?.Opened.Count ?? 0);
        Interlocked.Add(ref listed, sighting.Listing?.Backups.Count ?? 0);
        sightings.Enqueue(sighting);
        return sighting.Listing?.Backups.Count ?? 0;
    }

    private Sighting? Sight()
    {
        try
        {
            return scout.Look(isForced: false, Math.Max(1, LogSeries.MostHeld - Volatile.Read(ref opened)));
        }
        catch (IOException)
        {
            scout.Invalidate();
            return new Sighting(SourceCondition.Unreadable, null);
        }
    }
}
