using System.Collections;
using System.Reflection;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>Manifests by value, through their lists and arrays. Records alone compare those by reference.</summary>
internal sealed class ManifestComparer : IEqualityComparer<Manifest>
{
    public static ManifestComparer Instance { get; } = new();

    public bool Equals(Manifest? x, Manifest? y) => Same(x, y);

    public int GetHashCode(Manifest obj) => obj.Sequence.GetHashCode();

    private static bool Same(object? x, object? y)
    {
        if (x is null || y is null || x is string || x.GetType().IsValueType) return Equals(x, y);
        if (x is IEnumerable left && y is IEnumerable right)
        {
            var (these, those) = (left.Cast<object?>().ToList(), right.Cast<object?>().ToList());
            return these.Count == those.Count && these.Zip(those).All(pair => Same(pair.First, pair.Second));
        }

        return x.GetType() == y.GetType()
            && x.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).All(property => Same(property.GetValue(x), property.GetValue(y)));
    }
}
