using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.EndToEnd;

/// <summary>A node changes its key: the chain goes on, and with the old key at hand both sign the change.</summary>
internal sealed class KeyChangeTests
{
    [Test]
    public void A_key_is_changed_without_a_break([Values] bool hasPrevious)
    {
        using var bed = new AgentBed();
        Log(bed, "{\"n\":1}\n");
        bed.RunOnce();
        File.Move(bed.PublicKey, bed["old.pem.pub"]);
        File.Move(bed["signing.pem"], bed["old.pem"]);
        if (hasPrevious)
        {
            var configuration = File.ReadAllText(bed.Configuration);
            File.WriteAllText(bed.Configuration, configuration.Replace("signing: {", $"signing: {{ previous_key: \"{bed["old.pem"]}\",", StringComparison.Ordinal));
        }

        Log(bed, "{\"n\":2}\n");
        bed.RunOnce();

        var start = Envelope.Parse(File.ReadAllBytes(Path.Combine(bed.Bucket, "v1/manifests/test/cp-1/audit/e00000002/000000000000.dsse.json")));
        Assert.That(start.Signatures, Has.Count.EqualTo(hasPrevious ? 2 : 1));
        var verdict = bed.Verify("--key", bed["old.pem.pub"]);
        Assert.That(verdict.ExitCode, Is.Zero);
        Assert.That(verdict.FindingIds, Does.Contain(hasPrevious ? "KEY_ROTATED" : "KEY_CHANGED"));
        Assert.That(ManifestReader.Parse(start.Payload).Start!.PreviousEpoch, Is.Not.Null, "linked to the old head");

        var oldOnly = AgentBed.Run("verify", bed.Bucket, "--key", bed["old.pem.pub"]);
        Assert.That(oldOnly.ExitCode, Is.EqualTo(3), "the new key is not believed by itself");
    }

    [Test]
    public void A_previous_key_that_is_not_there_is_an_error_before_anything_runs()
    {
        using var bed = new AgentBed();
        File.WriteAllText(bed.Configuration, File.ReadAllText(bed.Configuration).Replace("signing: {", "signing: { previous_key: absent.pem,", StringComparison.Ordinal));

        var ran = AgentBed.Run("config", "check", "--config", bed.Configuration);

        Assert.That(ran.ExitCode, Is.EqualTo(2));
        Assert.That(ran.Error, Does.Contain("signing.previous_key").And.Contain("does not exist"));
        Assert.That(AgentBed.Run("run", "--once", "--config", bed.Configuration).ExitCode, Is.EqualTo(2));
    }

    private static void Log(AgentBed bed, string text) => File.AppendAllText(bed.LogPath, text);
}
