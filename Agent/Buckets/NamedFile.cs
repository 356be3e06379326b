using Sealtail.Files;

namespace Sealtail.Buckets;

/// <summary>A file that a person names: a key, a trust policy, a part of a proof. Whatever lies at the path, reading it comes to an end.</summary>
internal static class NamedFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Also of a pipe, as a shell's <c>&lt;(…)</c> makes one.</summary>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">It has more than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read: a directory, a circle of links, a pipe in which nothing moves.</exception>
    public static byte[] Read(string path, long maxBytes) => LibC.ReadInput(path, maxBytes, Patience);

    /// <summary>Of a file and nothing else.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static byte[] ReadRegular(string path, long maxBytes) => LibC.ReadInput(path, maxBytes, patience: null);
}
