using System.Buffers;
using System.Text;

namespace Sealtail.Configuration;

/// <summary>A configuration file's text, refused where a YAML parser would guess, stop early or take minutes.</summary>
internal static class YamlText
{
    private const int MaxBytes = 1 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // YAML's own list, and NUL above all: the parser would take it for the end of the file.
    private static readonly SearchValues<char> Forbidden =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c).Except("\t\n\r"), '\x7f', .. Enumerable.Range(0x80, 0x20).Select(c => (char)c).Except("\x85"), '\uFFFE', '\uFFFF']);

    /// <exception cref="ConfigurationException">The file is missing, unreadable, too large, not UTF-8, or has characters that YAML does not allow.</exception>
    public static string Read(string path, string file)
    {
        byte[] bytes;
        try
        {
            bytes = ReadBounded(path) ?? throw Wrong(file, null, $"is larger than {UnitText.Size.Print(MaxBytes)}: this is no configuration of Sealtail");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Wrong(file, null, "does not exist. Name another file with --config");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong(file, null, Directory.Exists(path) ? "is a directory. Name a file with --config" : $"cannot be read: {e.Message}");
        }

        return Decode(bytes, file);
    }

    /// <exception cref="ConfigurationException">As for <see cref="Read"/>.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        string text;
        try
        {
            text = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw Wrong(file, PlaceOf(Encoding.UTF8.GetString(bytes[..Math.Max(0, e.Index)])), "is not UTF-8 from here on");
        }

        var control = text.AsSpan().IndexOfAny(Forbidden);
        return control < 0 ? text : throw Wrong(file, PlaceOf(text[..control]), $"has the control character U+{(int)text[control]:X4}");
    }

    // One byte more than allowed is asked for, and never the length: a pipe or a device has none.
    private static byte[]? ReadBounded(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[MaxBytes + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length > MaxBytes ? null : buffer[..length];
    }

    private static Place PlaceOf(string before) => new(before.Count(c => c == '\n') + 1, before.Length - before.LastIndexOf('\n'));

    private static ConfigurationException Wrong(string file, Place? place, string message) => new(file, [new ConfigurationError(place, null, message)]);
}
