using NUnit.Framework;

namespace Sealtail.Tests.EndToEnd;

/// <summary>What goes wrong outside the program is said in a sentence, with the documented exit code, and loses nothing.</summary>
internal sealed class BadInputTests
{
    [Test]
    public void A_bucket_that_cannot_be_written_parks_a_draining_run_and_loses_nothing()
    {
        using var bed = new AgentBed();
        StateTests.Append(bed, 100);
        File.WriteAllText(bed.Bucket, "a file in the bucket's place");

        var parked = AgentBed.Run("run", "--once", "--config", bed.Configuration);

        Assert.That(parked.ExitCode, Is.EqualTo(3), parked.Error);
        Assert.That(parked.Error, Does.Contain(bed.Bucket).And.Not.Contain("   at "));
        File.Delete(bed.Bucket);
        bed.RunOnce();
        Assert.That(BucketReader.Content(bed.Bucket).Bytes, Is.EqualTo(new FileInfo(bed.LogPath).Length));
        Assert.That(bed.Verify().ExitCode, Is.Zero);
    }

    [Test]
    public void A_log_that_does_not_exist_is_named()
    {
        using var bed = new AgentBed();

        var ran = AgentBed.Run("run", "--once", "--config", bed.Configuration);

        Assert.That(ran.ExitCode, Is.EqualTo(2));
        Assert.That(ran.Error, Does.Contain(bed.LogPath).And.Contain("does not exist"));
        Assert.That(BucketReader.Snapshot(bed.Bucket), Is.Empty);
    }

    [Test]
    public void A_key_that_others_can_read_is_refused()
    {
        using var bed = new AgentBed();
        StateTests.Append(bed, 1);
        AgentBed.Run("keygen", "--out", bed["signing.pem"]);
        File.SetUnixFileMode(bed["signing.pem"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var ran = AgentBed.Run("run", "--once", "--config", bed.Configuration);

        Assert.That(ran.ExitCode, Is.EqualTo(2));
        Assert.That(ran.Error, Does.Contain("chmod 600").And.Not.Contain("   at "));
    }

    [Test]
    public void A_key_that_is_missing_and_may_not_be_made_is_named()
    {
        using var bed = new AgentBed();
        StateTests.Append(bed, 1);
        File.WriteAllText(bed.Configuration, File.ReadAllText(bed.Configuration).Replace("signing: {", "signing: { generate: false,", StringComparison.Ordinal));

        var ran = AgentBed.Run("run", "--once", "--config", bed.Configuration);

        Assert.That(ran.ExitCode, Is.EqualTo(2), ran.Error);
        Assert.That(ran.Error, Does.Contain(bed["signing.pem"]).And.Contain("keygen").And.Not.Contain("   at "));
    }

    [Test]
    public void A_key_that_is_a_directory_is_named()
    {
        using var bed = new AgentBed();
        StateTests.Append(bed, 1);
        Directory.CreateDirectory(bed["signing.pem"]);

        var ran = AgentBed.Run("run", "--once", "--config", bed.Configuration);

        Assert.That(ran.ExitCode, Is.EqualTo(2), ran.Error);
        Assert.That(ran.Error, Does.Contain(bed["signing.pem"]).And.Not.Contain("   at "));
    }

    [Test]
    public void A_log_that_cannot_be_read_is_named_and_nothing_is_recommended()
    {
        using var bed = new AgentBed();
        StateTests.Append(bed, 1);
        // Also root may not go through a loop of links.
        File.Delete(bed.LogPath);
        File.CreateSymbolicLink(bed.LogPath, bed.LogPath);

        var ran = AgentBed.Run("run", "--once", "--config", bed.Configuration);

        Assert.That(ran.ExitCode, Is.EqualTo(2), ran.Error);
        Assert.That(ran.Error, Does.Contain(bed.LogPath).And.Contain("cannot be read").And.Not.Contain("   at "));
        Assert.That(ran.Output, Does.Not.Contain("check it"));
    }
}
