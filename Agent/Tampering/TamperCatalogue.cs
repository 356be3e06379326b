using Sealtail.Verifying;

namespace Sealtail.Tampering;

/// <summary>Every way to hurt a bucket that we know, and what must not be mistaken for one. Tests run it, and so does <c>sealtail catalog</c>.</summary>
internal static class TamperCatalogue
{
    public static IReadOnlyList<TamperCase> All { get; } =
        [.. ChunkCases.All, .. ChunkLies.All, .. ManifestCases.All, .. EnvelopeCases.All, .. ChainLies.All, .. RangeLies.All, .. CheckpointCases.All, .. TimeCases.All, .. TrustCases.All, .. GoodCases.All];

    /// <summary>Of someone who writes to the bucket and has no key.</summary>
    internal static TamperCase Store(string id, string does, FindingKind finding, Action<TamperWorld> act) => new(id, Attacker.Store, does, act) { Finding = finding };

    /// <summary>Of someone who holds the node's key.</summary>
    internal static TamperCase Signer(string id, string does, FindingKind finding, Action<TamperWorld> act) => new(id, Attacker.Signer, does, act) { Finding = finding };

    /// <summary>Of an auditor who knows more than the bucket shows.</summary>
    internal static TamperCase Auditor(string id, string does, FindingKind finding, Action<TamperWorld> act) => new(id, Attacker.Auditor, does, act) { Finding = finding };

    /// <summary>Of nobody: it must stay proven.</summary>
    internal static TamperCase Good(string id, string does, Action<TamperWorld> act) => new(id, Attacker.None, does, act);
}
