using Sealtail.FakeGcs.Faults;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.Campaign;

/// <summary>
/// What goes wrong during a soak: the store all the time; and in the first quarter the agent is killed again and again, whatever else is wrong at that
/// moment. The rest is one life, which shows whether it is flat.
/// </summary>
internal sealed class SoakTrouble(Random random, FaultScript faults, AgentProcess agent, TimeSpan length)
{
    private TimeSpan next = TimeSpan.FromSeconds(10);
    private TimeSpan nextKill = length / 8 * random.NextDouble();
    private TimeSpan until;
    private string wrong = "";
    private bool isPaused;
    private bool isKilled;

    public int Faults { get; private set; }

    public int Kills { get; private set; }

    public int Pauses { get; private set; }

    /// <summary>What is wrong at the moment, for the CSV.</summary>
    public string Now => isKilled ? "killed" : wrong;

    public void Step(TimeSpan elapsed)
    {
        isKilled = elapsed >= nextKill && elapsed < length / 4;
        if (isKilled) Kill(elapsed);
        if (wrong.Length > 0 && elapsed >= until) End();
        if (wrong.Length > 0 || elapsed < next) return;
        next = elapsed + TimeSpan.FromSeconds(random.Next(5, 60));
        Begin(elapsed);
    }

    /// <summary>Everything is well again.</summary>
    public void End()
    {
        faults.Clear();
        if (isPaused) agent.Signal("CONT");
        (isPaused, wrong) = (false, "");
    }

    private void Begin(TimeSpan elapsed)
    {
        until = elapsed + TimeSpan.FromSeconds(random.Next(5, 40));
        switch (random.Next(7))
        {
            case 0: Fault("outage", new FaultRule { Kind = FaultKind.Status, Status = 503 }); until = elapsed + TimeSpan.FromSeconds(random.Next(60, 150)); break;
            case 1: Fault("lost replies", new FaultRule { Kind = FaultKind.Reset, Form = FaultForm.Applied, Probability = 0.5 }); break;
            case 2: Fault("cut uploads", new FaultRule { Kind = FaultKind.Reset, AfterBytes = 3000, Probability = 0.7 }); break;
            case 3: Fault("slow", new FaultRule { Kind = FaultKind.Stall, Delay = TimeSpan.FromSeconds(5), Probability = 0.5 }); break;
            case 4: Fault("429", new FaultRule { Kind = FaultKind.Status, Status = 429, RetryAfter = "3", Probability = 0.7 }); break;
            case 5: Fault("wrong replies", new FaultRule { Kind = FaultKind.Corrupt, Fields = new Dictionary<string, string?> { ["crc32c"] = "AAAAAA==" }, Probability = 0.5 }); break;
            default:
                (wrong, isPaused) = ("paused", true);
                Pauses++;
                until = elapsed + TimeSpan.FromSeconds(random.Next(1, 5)); // five backups outlast it
                agent.Signal("STOP");
                break;
        }
    }

    // Also while it is stopped by a signal: the next one is not.
    private void Kill(TimeSpan elapsed)
    {
        nextKill = elapsed + TimeSpan.FromSeconds(random.Next(5, 60));
        Kills++;
        agent.Kill();
        agent.Start();
    }

    private void Fault(string name, FaultRule rule)
    {
        wrong = name;
        Faults++;
        faults.Add(rule with { Call = GcsCall.ObjectInsert });
    }
}
