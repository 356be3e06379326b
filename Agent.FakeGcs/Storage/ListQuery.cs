using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Storage;

/// <summary>What a listing asks for. <c>After</c> is the last place the page before gave out.</summary>
internal sealed record ListQuery
{
    public const int LargestPage = 1000;

    public string Prefix { get; init; } = "";

    public string? Delimiter { get; init; }

    public bool IncludeTrailingDelimiter { get; init; }

    public string? StartOffset { get; init; }

    public string? EndOffset { get; init; }

    public int MaxResults { get; init; } = LargestPage;

    public bool Versions { get; init; }

    public VersionKey? After { get; init; }

    public static string Token(VersionKey last) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.Generation}/{last.Name}")));

    public static VersionKey ParseToken(string token)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            var slash = text.IndexOf('/');
            return new VersionKey(text[(slash + 1)..], long.Parse(text[..slash], CultureInfo.InvariantCulture));
        }
        catch (Exception fault) when (fault is FormatException or ArgumentOutOfRangeException)
        {
            throw GcsErrors.Invalid($"Invalid page token: {token}");
        }
    }
}
