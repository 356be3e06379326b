using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Sealtail.Configuration;
using Sealtail.Hosting;
using Sealtail.Tests.EndToEnd;

namespace Sealtail.Tests.Hosting;

internal sealed class AgentHostTests
{
    /// <summary>The host ends well when a worker dies; whoever supervises the agent must see that it did not (exit code 70: CommandLineTests).</summary>
    [Test]
    public async Task What_a_loop_died_of_is_the_run_s_own_fault([Values] RunMode mode)
    {
        using var bed = new AgentBed();
        File.WriteAllText(bed.LogPath, "{}\n");
        using var agent = AgentHost.Build(ConfigurationLoader.Load(bed.Configuration), mode, LogLevel.None);
        agent.Inputs.Single().Spool.Dispose(); // nobody does that: it stands for a fault that nobody thought of
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));

        await Assert.ThatAsync(() => agent.RunAsync(patience.Token), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(patience.IsCancellationRequested, Is.False, "it ended by itself");
    }
}
