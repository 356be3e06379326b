namespace Sealtail.FakeGcs.Faults;

/// <summary>A rule with its history. Counters are written under the script's lock.</summary>
internal sealed class ScriptedFault(FaultRule rule)
{
    public FaultRule Rule { get; } = rule;

    /// <summary>Requests that matched, struck or not.</summary>
    public int Matched { get; private set; }

    public int Struck { get; private set; }

    public bool Takes(Random dice)
    {
        if (Struck >= Rule.Count)
            return false;

        Matched++;
        if (Matched <= Rule.Skip || (Rule.Probability < 1 && dice.NextDouble() >= Rule.Probability))
            return false;

        Struck++;
        return true;
    }
}
