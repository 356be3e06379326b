namespace Sealtail.FakeGcs.Storage;

/// <summary>A place in a listing: by name in UTF-8 order, then oldest generation first.</summary>
internal readonly record struct VersionKey(string Name, long Generation) : IComparable<VersionKey>
{
    public int CompareTo(VersionKey other) =>
        Utf8Order.Comparer.Compare(Name, other.Name) is not 0 and var byName ? byName : Generation.CompareTo(other.Generation);
}
