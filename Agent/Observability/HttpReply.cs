using System.Text;

namespace Sealtail.Observability;

/// <summary>One answer of the status server.</summary>
internal sealed record HttpReply(int Status, string ContentType, byte[] Body)
{
    public const string PlainText = "text/plain; charset=utf-8";

    /// <summary>An extra header line; null: none.</summary>
    public string? Header { get; init; }

    public static HttpReply Text(int status, string text) => new(status, PlainText, Encoding.UTF8.GetBytes(text));

    /// <summary>Status line and headers.</summary>
    public byte[] Head() => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 {Status} {Phrase}\r\nContent-Type: {ContentType}\r\nContent-Length: {Body.Length}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n{(Header is null ? "" : Header + "\r\n")}Connection: close\r\n\r\n");

    private string Phrase => Status switch
    {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => throw new InvalidOperationException($"No phrase for {Status}."),
    };
}
