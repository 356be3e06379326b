namespace Sealtail.Configuration;

/// <summary>Where something stands in the file; line and column count from 1, columns in UTF-16 units as editors do.</summary>
internal readonly record struct Place(int Line, int Column) : IComparable<Place>
{
    public int CompareTo(Place other) => Line != other.Line ? Line.CompareTo(other.Line) : Column.CompareTo(other.Column);
}
