using Sealtail.Format;

namespace Sealtail.Spooling;

/// <summary>
/// What the chain file still proves. <see cref="Loss"/> null: <see cref="Head"/> is the newest there was (or the first ever). Otherwise the head
/// cannot be trusted, and a new lineage must begin with that cause.
/// </summary>
internal sealed record RecoveredHead(Head? Head, InFlight? InFlight, StartCause? Loss, string Explanation)
{
    public static RecoveredHead From(DirectoryContents contents)
    {
        if (contents.Chain is not { } chain)
            // The chain file is made after record 0 and before any other entry.
            return contents.MaxNumber == 0 ? new RecoveredHead(null, null, null, "new") : new RecoveredHead(null, null, StartCause.StateLost, "the file 'chain' is missing");

        var newest = chain.Manifests is [var first, ..] ? first : null;
        if (chain.NewestHead is not { Head: var head }) return Corrupt(newest, "no head in the file 'chain' is whole");

        // A crash damages one slot at most: the one being written. A second one may have held what this head does not know of.
        if (chain.AnyHeadDamaged && chain.AnyInFlightDamaged) return Corrupt(newest, "a head and a manifest in the file 'chain' are damaged, so the newest head may be lost");
        if (newest is null || newest.Generation <= head.SettledInFlight || newest.Follows(head)) return new RecoveredHead(head, newest, null, "whole");

        // The newest head is lost, but what it confirmed still lies in the other slot: the manifest after it proves that it was confirmed.
        if (chain.Manifests is [_, var before] && before.Generation > head.SettledInFlight && before.Follows(head)
            && head.After(before, receipt: null, before.Manifest.Signed) is var advanced && newest.Follows(advanced))
            return new RecoveredHead(advanced, newest, null, "the newest head was damaged and follows from the manifests in flight");

        return Corrupt(newest, "the manifest in flight does not follow the newest whole head in the file 'chain'");
    }

    private static RecoveredHead Corrupt(InFlight? newest, string explanation) => new(null, newest, StartCause.StateCorrupt, explanation);
}
