using NUnit.Framework;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.Tests.FakeGcs;

[Parallelizable(ParallelScope.All)]
internal sealed class CommandLineTests
{
    [Test]
    public void Options_make_buckets_and_a_server()
    {
        string[] args = ["--port", "0", "--bucket", "one", "--bucket", "two", "--retention", "365d", "--locked", "--hash-only", "--no-md5"];

        Assert.That(CommandLine.TryParse(args, out var line, out _), Is.True);
        Assert.That(line!.Buckets, Is.EqualTo(new[] { "one", "two" }));
        Assert.That(line.Settings, Is.EqualTo(new BucketSettings { Retention = TimeSpan.FromDays(365), Locked = true }));
        Assert.That((line.Options.Port, line.Options.Retain, line.Options.Md5), Is.EqualTo((0, Retain.HashOnly, false)));
    }

    [TestCase("--port", "many")]
    [TestCase("--port", "65536")]
    [TestCase("--retention", "soon")]
    [TestCase("--retention", "0d")]
    [TestCase("--bucket")]
    [TestCase("--unknown")]
    [TestCase("--locked")]
    public void What_makes_no_sense_is_refused(params string[] args)
    {
        Assert.That(CommandLine.TryParse(args, out _, out var complaint), Is.False);
        Assert.That(complaint, Does.StartWith(args[0]));
    }
}
