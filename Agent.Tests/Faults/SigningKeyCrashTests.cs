using NUnit.Framework;
using Sealtail.Chaining;
using Sealtail.Files;
using Sealtail.Tests.CrashMatrix;
using CrashException = Sealtail.Tests.CrashMatrix.CrashException;

namespace Sealtail.Tests.Faults;

/// <summary>A crash or a power cut at every step of making the signing key: the next start has a whole key, and its public half.</summary>
internal sealed class SigningKeyCrashTests : IDisposable
{
    private readonly TempFolder folder = new("key");

    public void Dispose() => folder.Dispose();

    /// <summary>A public half without its private one, or an empty file, ended every start after it.</summary>
    [Test]
    public void A_crash_while_the_key_is_made_leaves_none_or_a_whole_one([Values] Ending ending)
    {
        var points = Make(ending, 0);
        Assert.That(points, Is.GreaterThan(10));
        for (var point = 1; point <= points; point++) Make(ending, point);
    }

    private int Make(Ending ending, int crashAt)
    {
        var directory = Directory.CreateDirectory(folder[$"{ending}-{crashAt}"]).FullName;
        var path = Path.Combine(directory, "signing.pem");
        var disk = new Disk(directory, ending, crashAt);
        try
        {
            SigningKey.LoadOrGenerate(path, new DurableFiles(disk.Hook)).Dispose();
        }
        catch (CrashException)
        {
            disk.End();
        }

        // What the model of the disk writes back has the test's mode; the real one keeps the file's.
        if (File.Exists(path)) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var key = SigningKey.LoadOrGenerate(path, new DurableFiles());
        using var published = Sealtail.Format.VerificationKey.FromPem(File.ReadAllText(path + ".pub"));
        Assert.That(published.KeyId, Is.EqualTo(key.Public.KeyId), disk.Where);
        return disk.Points;
    }
}
