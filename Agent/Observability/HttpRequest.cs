using System.Text;

namespace Sealtail.Observability;

/// <summary>What is asked for; or, where that cannot be answered, the reply that says why.</summary>
internal readonly record struct HttpRequest(string Method, string Path, HttpReply? Refusal)
{
    /// <summary>Whether the bytes hold the whole head: up to an empty line.</summary>
    public static bool IsComplete(ReadOnlySpan<byte> bytes) => bytes.IndexOf("\r\n\r\n"u8) >= 0 || bytes.IndexOf("\n\n"u8) >= 0;

    /// <summary>Headers are not looked at: no answer depends on them.</summary>
    public static HttpRequest Parse(ReadOnlySpan<byte> head)
    {
        if (!IsComplete(head)) return head.Length < StatusServer.MaxRequest ? Refuse(400, "The request has no end.") : Refuse(431, "The request is too long.");
        var line = Encoding.Latin1.GetString(head[..head.IndexOf((byte)'\n')]).TrimEnd('\r');
        if (line.Split(' ') is not [var method, ['/', ..] target, ['H', 'T', 'T', 'P', '/', '1', '.', _]]) return Refuse(400, "This is not HTTP/1.");
        if (method is not ("GET" or "HEAD")) return new HttpRequest(method, target, HttpReply.Text(405, "Only GET and HEAD.\n") with { Header = "Allow: GET, HEAD" });
        return new HttpRequest(method, target.Split('?')[0], null);
    }

    private static HttpRequest Refuse(int status, string why) => new("", "", HttpReply.Text(status, why + "\n"));
}
