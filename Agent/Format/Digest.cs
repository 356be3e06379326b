using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sealtail.Format;

/// <summary>A SHA-256 value; prints and parses as 64 lower-case hex digits, as every document of the format does.</summary>
internal readonly struct Digest : IEquatable<Digest>
{
    public const int Size = SHA256.HashSizeInBytes;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private readonly Words words;

    /// <param name="bytes">Exactly <see cref="Size"/> bytes.</param>
    public Digest(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size, nameof(bytes));
        words = MemoryMarshal.Read<Words>(bytes);
    }

    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(bytes, hash);
        return new Digest(hash);
    }

    /// <summary>Takes the hash of what was appended so far and starts <paramref name="hash"/> afresh.</summary>
    public static Digest Of(IncrementalHash hash)
    {
        Span<byte> bytes = stackalloc byte[Size];
        hash.GetHashAndReset(bytes);
        return new Digest(bytes);
    }

    /// <summary>Accepts lower-case hex only: one spelling per value, so that equal documents have equal bytes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        if (text is not null) return TryParse(text.AsSpan(), out digest);
        digest = default;
        return false;
    }

    /// <inheritdoc cref="TryParse(string, out Digest)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out Digest digest)
    {
        digest = default;
        if (text.Length != 2 * Size || text.ContainsAnyExcept(LowerHex)) return false;
        Span<byte> bytes = stackalloc byte[Size];
        Convert.FromHexString(text, bytes, out _, out _); // all of it, as it was looked at
        digest = new Digest(bytes);
        return true;
    }

    public static Digest Parse(string text) => TryParse(text, out var digest) ? digest : throw new FormatException($"'{text}' is not a SHA-256 in lower-case hex.");

    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, in words);

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public bool Equals(Digest other) => words == other.words;

    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    public override int GetHashCode() => words.GetHashCode();

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);

    private readonly record struct Words(ulong A, ulong B, ulong C, ulong D);
}
