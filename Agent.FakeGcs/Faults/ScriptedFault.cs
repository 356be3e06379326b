namespace Sealtail.FakeGcs.Faults;

/// <summary>A rule with its history. Counters are written under the script's lock.</summary>
internal sealed class ScriptedFault(FaultRule rule)
{
    private readonly Dictionary<string, (int Matched, int Struck)> byName = []; // of one key, unless the rule counts per name

    public FaultRule Rule { get; } = rule;

    /// <summary>Requests that matched, struck or not.</summary>
    public int Matched { get; private set; }

    public int Struck { get; private set; }

    public bool Takes(string? name, Random dice)
    {
        var counts = byName.GetValueOrDefault(KeyOf(name));
        if (counts.Struck >= Rule.Count)
            return false;

        Matched++;
        counts.Matched++;
        var strikes = counts.Matched > Rule.Skip && (Rule.Probability >= 1 || dice.NextDouble() < Rule.Probability);
        if (strikes)
        {
            Struck++;
            counts.Struck++;
        }

        byName[KeyOf(name)] = counts;
        return strikes;
    }

    private string KeyOf(string? name) => Rule.PerName ? name ?? "" : "";
}
