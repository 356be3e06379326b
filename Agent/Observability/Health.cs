namespace Sealtail.Observability;

/// <summary>
/// Whether the loops tick. Nothing else: an outage, a full spool or a missing log is no reason to be killed, since a restart mends none of them
/// (docs/operations.md, "Where to look"). Used from any thread.
/// </summary>
internal sealed class Health(TimeProvider time)
{
    /// <summary>A loop that is silent for longer is stuck.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new(); // guards pulses
    private readonly List<Pulse> pulses = [];

    public IReadOnlyList<Pulse> Pulses
    {
        get { lock (gate) return [.. pulses]; }
    }

    public bool IsGood => !Pulses.Any(IsStuck);

    /// <summary>A sentence for each loop that is stuck.</summary>
    public IEnumerable<string> Stuck =>
        Pulses.Where(IsStuck).Select(pulse => $"The loop {pulse.Loop} has not ticked for {pulse.Silence.TotalSeconds:0} s.");

    public Pulse Add(string loop)
    {
        var pulse = new Pulse(loop, time);
        lock (gate) pulses.Add(pulse);
        return pulse;
    }

    private static bool IsStuck(Pulse pulse) => !pulse.HasEnded && pulse.Silence > Bound;
}
