using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Faults;

/// <summary>The faults to come. Each request is struck by the first rule that matches and still has strikes left.</summary>
internal sealed class FaultScript(int seed)
{
    // Guards the list, its counters and the dice.
    private readonly Lock gate = new();
    private readonly List<ScriptedFault> faults = [];
    private readonly Random dice = new(seed);

    public IReadOnlyList<ScriptedFault> Faults
    {
        get
        {
            lock (gate)
                return [.. faults];
        }
    }

    public ScriptedFault Add(FaultRule rule)
    {
        var fault = new ScriptedFault(rule);
        lock (gate)
            faults.Add(fault);

        return fault;
    }

    public void Clear()
    {
        lock (gate)
            faults.Clear();
    }

    public FaultRule? Pick(string method, GcsCall call, string? name)
    {
        lock (gate)
            return faults.FirstOrDefault(fault => fault.Rule.Matches(method, call, name) && fault.Takes(name, dice))?.Rule;
    }
}
