using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Sealtail.Configuration.Kinds;

/// <summary>An address to listen on: <c>127.0.0.1:2020</c>, <c>[::1]:2020</c>, <c>localhost:2020</c>, or <c>:2020</c> for all IPv4 interfaces.</summary>
internal sealed class AddressKind : ValueKind<IPEndPoint>
{
    public override string Name => "address";

    public override string Limits => "IP:PORT, [IPv6]:PORT, localhost:PORT, or :PORT for every IPv4 interface; port 0 takes a free one";

    public override void WriteSchema(Utf8JsonWriter json) => SchemaText.Pattern(json, @"^([0-9.]*|\[[0-9A-Fa-f:.]+\]|localhost):[0-9]{1,5}$");

    protected override IPEndPoint Parse(string text, string baseDirectory)
    {
        if (text.LastIndexOf(':') is >= 0 and var colon
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && Address(text[..colon]) is { } address)
            return new IPEndPoint(address, port);
        throw new FormatException($"must be {Limits} (was {Quoted.Text(text)})");
    }

    protected override string Print(IPEndPoint value) => value.ToString();

    private static IPAddress? Address(string host) => host switch
    {
        "" => IPAddress.Any,
        "localhost" => IPAddress.Loopback,
        ['[', .. var inner, ']'] => IPAddress.TryParse(inner, out var six) && six.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? six : null,
        // IPAddress would take 127.1 and 0x7f000001 too.
        _ => IPAddress.TryParse(host, out var four) && four.ToString() == host && !host.Contains(':', StringComparison.Ordinal) ? four : null,
    };
}
