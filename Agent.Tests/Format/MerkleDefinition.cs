using System.Security.Cryptography;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>RFC 6962 §2.1 as it is written there: what every faster way is held against.</summary>
internal static class MerkleDefinition
{
    /// <summary>The root over the leaves: split at the largest power of two below their number.</summary>
    public static Digest Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 0) return new Digest(SHA256.HashData([]));
        if (leaves.Length == 1) return new Digest(SHA256.HashData([0x00, .. leaves[0]]));
        var split = 1;
        while (split * 2 < leaves.Length) split *= 2;
        return new Digest(SHA256.HashData([0x01, .. Root(leaves[..split]).ToArray(), .. Root(leaves[split..]).ToArray()]));
    }
}
