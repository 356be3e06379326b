using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Sealtail.Format;

namespace Sealtail.Tampering;

/// <summary>Signatures as attackers make them.</summary>
internal static class Signatures
{
    private static readonly BigInteger Order = BigInteger.Parse("00FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber);

    /// <summary>The other signature that anybody can make of a valid one: s becomes n − s.</summary>
    public static byte[] Malleated(byte[] der)
    {
        var sequence = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var (r, s) = (sequence.ReadInteger(), sequence.ReadInteger());
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(Order - s);
        }

        return writer.Encode();
    }

    /// <summary>r ‖ s in 64 bytes, as .NET and browsers give it by default.</summary>
    public static byte[] P1363(byte[] payload, ECDsa key) =>
        key.SignData(Envelope.PreAuthenticationEncoding(payload), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>The envelope with its first signature replaced.</summary>
    public static byte[] With(byte[] envelope, Func<byte[], byte[]> change)
    {
        var parsed = Envelope.Parse(envelope);
        return new Envelope(parsed.Payload, [parsed.Signatures[0] with { Signature = change(parsed.Signatures[0].Signature) }]).ToBytes();
    }
}
