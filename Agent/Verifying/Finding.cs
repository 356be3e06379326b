namespace Sealtail.Verifying;

/// <summary>
/// One thing that a verification saw. <c>Severity</c> is the kind's, unless the place makes it weigh more or less. <c>Object</c> is a name from a listing
/// or one derived from signed facts, never a path found in a document.
/// </summary>
internal sealed record Finding(FindingKind Kind, Severity Severity, string? Stream, long? Epoch, long? Sequence, string? ObjectName, string Message) : IComparable<Finding>
{
    /// <summary>By stream, epoch, sequence, id, message: the same bucket gives the same report, in whatever order it was read.</summary>
    public int CompareTo(Finding? other)
    {
        if (other is null) return 1;
        var order = string.CompareOrdinal(Stream ?? "", other.Stream ?? "");
        if (order == 0) order = (Epoch ?? -1).CompareTo(other.Epoch ?? -1);
        if (order == 0) order = (Sequence ?? -1).CompareTo(other.Sequence ?? -1);
        if (order == 0) order = string.CompareOrdinal(Kind.Id, other.Kind.Id);
        return order != 0 ? order : string.CompareOrdinal(Message, other.Message);
    }
}
