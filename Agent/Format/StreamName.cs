using System.Diagnostics.CodeAnalysis;

namespace Sealtail.Format;

/// <summary><c>cluster/node/source</c>: one audit log of one node (docs/format.md, "Terms"). A value is valid once built.</summary>
internal sealed record StreamName
{
    public const int MaxLabel = 63;
    public const int MaxNode = 253;

    // Names of one stream come by the thousand.
    [ThreadStatic]
    private static StreamName? last;

    private readonly string text;

    private StreamName(string cluster, string node, string source) => (Cluster, Node, Source, text) = (cluster, node, source, $"{cluster}/{node}/{source}");

    public string Cluster { get; }

    public string Node { get; }

    public string Source { get; }

    /// <exception cref="FormatException">A part is empty, too long or has a character outside <c>a–z 0–9 . -</c>; the message names it.</exception>
    public static StreamName Create(string cluster, string node, string source)
    {
        Require("cluster", cluster, MaxLabel);
        Require("node", node, MaxNode);
        Require("source", source, MaxLabel);
        return new StreamName(cluster, node, source);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out StreamName? stream)
    {
        if (text is not null) return TryParse(text.AsSpan(), out stream);
        stream = null;
        return false;
    }

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out StreamName? stream)
    {
        stream = last;
        if (stream is not null && text.SequenceEqual(stream.text)) return true;
        stream = text.ToString().Split('/') is [var cluster, var node, var source] && IsLabel(cluster, MaxLabel) && IsLabel(node, MaxNode) && IsLabel(source, MaxLabel)
            ? new StreamName(cluster, node, source)
            : null;
        if (stream is null) return false;
        last = stream;
        return true;
    }

    /// <summary>Whether <paramref name="text"/> may stand as one part of a stream's name.</summary>
    public static bool IsLabel(string text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength
        && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '-')
        && text[0] is not ('.' or '-') && text[^1] is not ('.' or '-');

    public override string ToString() => text;

    private static void Require(string part, string value, int maxLength)
    {
        if (!IsLabel(value, maxLength))
            throw new FormatException($"'{value}' is no {part} name: 1 to {maxLength} characters of a-z, 0-9, '.' and '-', beginning and ending with a letter or digit.");
    }
}
