using System.Security.Cryptography;
using NUnit.Framework;
using Sealtail.Format;

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
}
