namespace Sealtail.Format;

/// <summary>Standard base64 with padding in its one canonical spelling.</summary>
internal static class CanonicalBase64
{
    /// <summary>Null: the text is no base64, or not its canonical spelling.</summary>
    public static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length / 4 * 3];
        // TryFromBase64String also takes white space and non-zero tail bits.
        return Convert.TryFromBase64String(text, bytes, out var count) && Convert.ToBase64String(bytes, 0, count) == text ? bytes[..count] : null;
    }
}
