using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using NUnit.Framework;

namespace Sealtail.Tests.EndToEnd;

/// <summary>What happens to the chain when a state directory is shared, copied, lost or put back, and when the agent is stopped.</summary>
internal sealed partial class StateTests
{
    [Test]
    public async Task A_second_agent_on_one_state_directory_refuses_with_its_name()
    {
        using var bed = new AgentBed();
        Append(bed, 10);
        var first = bed.Start();
        await bed.UntilAsync(() => BucketReader.Content(bed.Bucket).Bytes > 0, "the first agent ships");

        var second = AgentBed.Run("run", "--once", "--config", bed.Configuration);

        Assert.That(second.ExitCode, Is.EqualTo(2));
        Assert.That(second.Error, Does.Contain(bed.State).And.Not.Contain("   at "));
        Assert.That(first.HasExited, Is.False);
    }

    [Test]
    public void A_deleted_state_directory_begins_a_new_lineage_and_the_repeat_counts_once()
    {
        using var bed = new AgentBed();
        Append(bed, 1000);
        bed.RunOnce();
        Directory.Delete(bed.State, recursive: true);
        Append(bed, 500, from: 1000);

        bed.RunOnce();

        var verdict = bed.Verify();
        Assert.That(verdict.ExitCode, Is.Zero, string.Join('\n', verdict.Problems));
        Assert.That(verdict.FindingIds, Does.Contain("SOURCE_RANGE_DUPLICATE"));
        Assert.That((verdict.Records, verdict.Bytes), Is.EqualTo((1500L, new FileInfo(bed.LogPath).Length)));
        Assert.That(Causes(bed), Is.EqualTo(new[] { "first-start", "state-lost" }));
    }

    [Test]
    public void A_state_directory_put_back_from_before_makes_a_stale_link_and_the_repeat_counts_once()
    {
        using var bed = new AgentBed();
        Append(bed, 1000);
        bed.RunOnce();
        Copy(bed.State, bed["backup"]);
        Append(bed, 500, from: 1000);
        bed.RunOnce();
        Directory.Delete(bed.State, recursive: true);
        Copy(bed["backup"], bed.State);
        Append(bed, 500, from: 1500);

        bed.RunOnce();

        var verdict = bed.Verify();
        Assert.That(verdict.ExitCode, Is.Zero, string.Join('\n', verdict.Problems));
        Assert.That(verdict.FindingIds, Does.Contain("STALE_LINK").And.Contain("SOURCE_RANGE_DUPLICATE").And.Not.Contain("FORK"));
        Assert.That((verdict.Records, verdict.Bytes), Is.EqualTo((2000L, new FileInfo(bed.LogPath).Length)));
    }

    [Test]
    public async Task A_copy_of_the_state_directory_running_elsewhere_never_forks_the_chain()
    {
        using var bed = new AgentBed("max_age: 1s");
        Append(bed, 100);
        bed.RunOnce();
        Copy(bed.State, bed["clone"]);
        var clone = bed.WriteConfiguration("clone.yaml", bed["clone"], "max_age: 1s");

        var original = bed.Start();
        var copy = bed.Start(clone);
        for (var i = 1; i < 5; i++)
        {
            Append(bed, 100, from: 100 * i);
            var rounds = i;
            await bed.UntilAsync(() => BucketReader.Payloads(bed.Bucket).Count(p => p.GetProperty("kind").GetString() == "chunk") >= 1 + (2 * rounds), "both ship");
        }

        Terminate(original);
        Terminate(copy);

        var verdict = bed.Verify();
        Assert.That(verdict.FindingIds, Does.Not.Contain("FORK").And.Not.Contain("CHAIN_BROKEN"));
        Assert.That(verdict.FindingIds, Does.Contain("STALE_LINK").Or.Contain("CONCURRENT_EPOCHS"));
        Assert.That(verdict.Bytes, Is.EqualTo(new FileInfo(bed.LogPath).Length), "each byte counts once");
    }

    [Test]
    public async Task A_stop_signal_seals_uploads_and_ends_the_epoch()
    {
        using var bed = new AgentBed("max_age: 4m");
        Append(bed, 100);
        var agent = bed.Start();
        await bed.UntilAsync(() => Directory.Exists(bed.State) && HasHandler(agent) && Directory.EnumerateFiles(bed.State, "chunk-*.tmp", SearchOption.AllDirectories).Any(), "it has an open chunk");

        Terminate(agent);

        Assert.That(agent.ExitCode, Is.Zero);
        var kinds = BucketReader.Payloads(bed.Bucket).Select(p => p.GetProperty("kind").GetString()).ToArray();
        Assert.That(kinds[^1], Is.EqualTo("stop"));
        Assert.That(BucketReader.Content(bed.Bucket).Bytes, Is.EqualTo(new FileInfo(bed.LogPath).Length));
        Assert.That(bed.Verify().ExitCode, Is.Zero);
    }

    [Test]
    public void An_unterminated_last_line_stays_and_its_length_is_printed()
    {
        using var bed = new AgentBed();
        Append(bed, 3);
        File.AppendAllText(bed.LogPath, "{\"torn\":");

        var ran = bed.RunOnce();

        Assert.That(ran.Output, Does.Contain("8 bytes of a last line without its end"));
        Assert.That(BucketReader.Content(bed.Bucket).Bytes, Is.EqualTo(new FileInfo(bed.LogPath).Length - 8));
        Assert.That(bed.Verify().ExitCode, Is.Zero);
    }

    [Test]
    public void A_state_directory_of_another_bucket_is_refused()
    {
        using var bed = new AgentBed();
        Append(bed, 3);
        bed.RunOnce();
        File.WriteAllText(bed.Configuration, File.ReadAllText(bed.Configuration).Replace("/bucket\"", "/other\"", StringComparison.Ordinal));

        var ran = AgentBed.Run("run", "--once", "--config", bed.Configuration);

        Assert.That(ran.ExitCode, Is.EqualTo(2));
        Assert.That(ran.Error, Does.Contain(bed.State).And.Not.Contain("   at "));
    }

    internal static void Append(AgentBed bed, int records, int from = 0)
    {
        var text = new StringBuilder();
        for (var i = from; i < from + records; i++)
            text.Append($"{{\"kind\":\"Event\",\"auditID\":\"{i:x8}\",\"stage\":\"ResponseComplete\",\"stageTimestamp\":\"2026-11-22T09:00:{i % 60:00}.{i % 1000000:000000}Z\"}}\n");
        File.AppendAllText(bed.LogPath, text.ToString());
    }

    internal static void Terminate(Process agent)
    {
        Assert.That(Kill(agent.Id, 15), Is.Zero);
        Assert.That(agent.WaitForExit(TimeSpan.FromMinutes(1)), Is.True, "it ends after the stop signal");
    }

    private static IEnumerable<string?> Causes(AgentBed bed) =>
        BucketReader.Payloads(bed.Bucket).Where(p => p.GetProperty("kind").GetString() == "epoch-start").Select(p => p.GetProperty("cause").GetString());

    // SigCgt has bit 14 for SIGTERM once the runtime handles it.
    private static bool HasHandler(Process agent) =>
        File.ReadLines($"/proc/{agent.Id}/status").First(line => line.StartsWith("SigCgt", StringComparison.Ordinal)) is var line
        && (Convert.ToUInt64(line.Split(':')[1].Trim(), 16) & (1UL << 14)) != 0;

    private static void Copy(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
