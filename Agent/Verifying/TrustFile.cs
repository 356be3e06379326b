using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Verifying;

/// <summary>Trust named on the command line: PEM public keys, and trust files of lines <c>STREAM-GLOB SPKI-BASE64 [COMMENT]</c>.</summary>
internal static class TrustFile
{
    private const long MaxBytes = 16 << 20;
    private static readonly StreamGlob Everything = StreamGlob.Parse("*");

    /// <summary>A PEM file with one public key, believed about every stream.</summary>
    /// <exception cref="TrustException">It cannot be read or is no P-256 public key.</exception>
    public static TrustAnchor ReadKey(string path)
    {
        try
        {
            return new TrustAnchor(Everything, VerificationKey.FromPem(ReadText(path)), path);
        }
        catch (FormatException e)
        {
            throw new TrustException($"{path}: {e.Message} --key takes a public key as 'sealtail keygen' writes it to FILE.pub.", e);
        }
    }

    /// <exception cref="TrustException">There is no line, or there are wrong ones: all of them are listed, each with line and column.</exception>
    public static IReadOnlyList<TrustAnchor> Parse(string text, string path)
    {
        var anchors = new List<TrustAnchor>();
        var errors = new List<string>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (i == 0) line = line.TrimStart('\uFEFF');
            if (line.AsSpan().Trim() is [] or ['#', ..]) continue;
            ParseLine(line, path, i + 1, anchors, errors);
        }

        if (errors.Count == 0 && anchors.Count == 0) errors.Add($"{path}:1:1: no key. Each line is: STREAM PUBLIC-KEY COMMENT, as 'sealtail keys' prints it.");
        if (errors.Count == 0) return anchors;
        foreach (var anchor in anchors) anchor.Key.Dispose();
        throw new TrustException(string.Join('\n', errors));
    }

    private static void ParseLine(string line, string path, int number, List<TrustAnchor> anchors, List<string> errors)
    {
        var (globAt, globEnd) = Word(line, 0);
        var (keyAt, keyEnd) = Word(line, globEnd);
        var column = globAt;
        try
        {
            var glob = StreamGlob.Parse(line[globAt..globEnd]);
            column = keyAt;
            if (keyAt == keyEnd) throw new FormatException("the public key is missing: it is the base64 of its SubjectPublicKeyInfo, as 'sealtail keys' prints it.");
            anchors.Add(new TrustAnchor(glob, VerificationKey.FromSpki(Convert.FromBase64String(line[keyAt..keyEnd])), $"{path}:{number}"));
        }
        catch (FormatException e)
        {
            errors.Add($"{path}:{number}:{column + 1}: {e.Message}");
        }
    }

    private static (int Start, int End) Word(string line, int from)
    {
        while (from < line.Length && line[from] is ' ' or '\t') from++;
        var end = from;
        while (end < line.Length && line[end] is not (' ' or '\t')) end++;
        return (from, end);
    }

    private static string ReadText(string path)
    {
        using var reader = new StreamReader(new MemoryStream(ReadBytes(path)));
        return reader.ReadToEnd();
    }

    /// <exception cref="TrustException">It cannot be read, or is too large for a key or a trust file.</exception>
    public static byte[] ReadBytes(string path)
    {
        try
        {
            return NamedFile.Read(path, MaxBytes);
        }
        catch (InvalidDataException e)
        {
            throw new TrustException($"{path} is larger than {MaxBytes >> 20} MiB: it is no key and no trust file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TrustException($"{path} cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>A key or trust file cannot be used; the message is one line, or one per error, each beginning with the place.</summary>
internal sealed class TrustException(string message, Exception? inner = null) : Exception(message, inner);
