using System.Security.Cryptography;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Format;

internal sealed class LeafSha256Tests
{
    [Test]
    public void OpenSSL_and_NET_give_what_SHA256_gives([Values(0, 1, 55, 64, 1300, 8999)] int length, [Values((byte)0, (byte)1, (byte)0xFF)] byte prefix)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var expected = new Digest(SHA256.HashData([prefix, .. bytes]));

        Assert.That(LeafSha256.Of(prefix, bytes), Is.EqualTo(expected));
        Assert.That(LeafSha256.OfByNet(prefix, bytes), Is.EqualTo(expected));
    }

    [Test]
    public void Short_inputs_by_the_processor_s_instructions_too([Range(0, LeafSha256.MostShort)] int length)
    {
        NativeSha256.Require();
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        Assert.That(LeafSha256.OfShort(1, bytes), Is.EqualTo(new Digest(SHA256.HashData([1, .. bytes]))));
    }

    [Test]
    public void Longer_ones_are_refused_there() => Assert.That(() => LeafSha256.OfShort(1, new byte[LeafSha256.MostShort + 1]), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
