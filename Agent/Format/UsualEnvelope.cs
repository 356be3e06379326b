using System.Buffers;
using System.Buffers.Text;

namespace Sealtail.Format;

/// <summary>
/// An envelope as it is mostly written, with one signature, by its bytes alone and in a buffer that is lent. A year of manifests is a million of them:
/// a JSON document for each takes longer than its signature's check leaves.
/// </summary>
internal readonly ref struct UsualEnvelope
{
    private const int HeaderRoom = 64;

    private static readonly SearchValues<byte> LowerHex = SearchValues.Create("0123456789abcdef"u8);

    private static ReadOnlySpan<byte> BeforePayload => "{\"payload\":\""u8;

    private static ReadOnlySpan<byte> BeforeKeyId => "\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"keyid\":\""u8;

    private static ReadOnlySpan<byte> BeforeSignature => "\",\"sig\":\""u8;

    private static ReadOnlySpan<byte> AfterSignature => "\"}]}"u8;

    private static ReadOnlySpan<byte> Header => "DSSEv1 28 application/vnd.in-toto+json "u8;

    /// <summary>A hint, never a decision.</summary>
    public ReadOnlySpan<byte> KeyId { get; private init; }

    /// <summary>What is signed: the pre-authentication encoding, which ends with the payload.</summary>
    public ReadOnlySpan<byte> Message { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    public ReadOnlySpan<byte> Signature { get; private init; }

    /// <summary>How large a buffer an envelope of so many bytes needs.</summary>
    public static int RoomFor(int bytes) => HeaderRoom + bytes;

    /// <summary>False says nothing about the bytes but that they are not spelt as usual.</summary>
    /// <param name="bytes">The stored object.</param>
    /// <param name="room">Where the parts are put, <see cref="RoomFor"/>; they live as long as it does.</param>
    /// <param name="opened">The envelope's parts.</param>
    public static bool TryOpen(ReadOnlySpan<byte> bytes, Span<byte> room, out UsualEnvelope opened)
    {
        opened = default;
        if (!bytes.StartsWith(BeforePayload) || !bytes.EndsWith(AfterSignature) || bytes.Length < BeforePayload.Length + AfterSignature.Length) return false;
        bytes = bytes[BeforePayload.Length..^AfterSignature.Length];
        if (bytes.IndexOf((byte)'"') is not (>= 0 and var payloadEnd) || !bytes[payloadEnd..].StartsWith(BeforeKeyId)) return false;
        var rest = bytes[(payloadEnd + BeforeKeyId.Length)..];
        if (rest.IndexOf((byte)'"') is not (>= 0 and var keyEnd) || rest[..keyEnd].ContainsAnyExcept(LowerHex) || !rest[keyEnd..].StartsWith(BeforeSignature)) return false;
        var body = room[HeaderRoom..];
        if (!TryDecode(bytes[..payloadEnd], body, out var payload) || !TryDecode(rest[(keyEnd + BeforeSignature.Length)..], body[payload..], out var signature)) return false;
        opened = new UsualEnvelope
        {
            KeyId = rest[..keyEnd],
            Message = room[(HeaderRoom - WriteHeader(room[..HeaderRoom], payload))..(HeaderRoom + payload)],
            Payload = body[..payload],
            Signature = body[payload..(payload + signature)],
        };
        return true;
    }

    // Ends where the payload begins.
    private static int WriteHeader(Span<byte> room, int payload)
    {
        Span<byte> digits = stackalloc byte[10];
        Utf8Formatter.TryFormat(payload, digits, out var count); // ten digits hold every length
        var length = Header.Length + count + 1;
        Header.CopyTo(room[^length..]);
        digits[..count].CopyTo(room[^(count + 1)..]);
        room[^1] = (byte)' ';
        return length;
    }

    private static bool TryDecode(ReadOnlySpan<byte> base64, Span<byte> destination, out int written)
    {
        if (Base64.DecodeFromUtf8(base64, destination, out var read, out written) != OperationStatus.Done || read != base64.Length) return false;
        // Decoding also takes white space, which makes the text longer than it need be, and non-zero tail bits, which are in the last four characters.
        if (base64.Length != Base64.GetMaxEncodedToUtf8Length(written)) return false;
        if (written == 0) return true;
        Span<byte> last = stackalloc byte[4];
        Base64.EncodeToUtf8(destination[(written - 1 - ((written - 1) % 3))..written], last, out _, out _);
        return base64[^last.Length..].SequenceEqual(last);
    }
}
