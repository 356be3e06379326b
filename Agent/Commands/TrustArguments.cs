using System.CommandLine;
using Sealtail.Configuration;
using Sealtail.Format;
using Sealtail.Trusting;
using Sealtail.Verifying;

namespace Sealtail.Commands;

/// <summary><c>--key</c>, <c>--trust</c> and <c>--trust-sha256</c>, the same for every verb that believes somebody.</summary>
internal sealed class TrustArguments
{
    private readonly Option<string[]> key = new("--key") { Description = "A public key (PEM) to believe about every stream. May be repeated.", HelpName = "PUB.pem" };
    private readonly Option<string?> trust = new("--trust") { Description = "A file of lines STREAM PUBLIC-KEY, as 'sealtail keys' prints them, or a trust policy (YAML).", HelpName = "FILE" };
    private readonly Option<string?> trustSha256 = new("--trust-sha256") { Description = "The SHA-256 that the trust file must have: nobody changed it since it was agreed on.", HelpName = "HEX" };

    public IEnumerable<Option> Options => [key, trust, trustSha256];

    /// <summary>Null: nobody was named.</summary>
    /// <exception cref="CommandException">A file cannot be used, or is another than pinned.</exception>
    public TrustPolicy? Read(ParseResult parsed)
    {
        try
        {
            var keys = (parsed.GetValue(key) ?? []).Select(TrustFile.ReadKey).ToArray();
            var pinned = ReadPin(parsed);
            if (parsed.GetValue(trust) is { } file) return TrustDocument.Read(file, pinned).With(keys);
            if (pinned is not null) throw new CommandException("--trust-sha256 says which file --trust must be; there is no --trust.");
            return keys.Length > 0 ? new TrustPolicy(keys) : null;
        }
        catch (TrustException e)
        {
            throw new CommandException(e.Message, ExitCode.Usage, e);
        }
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="why">Why somebody must be named, as a sentence.</param>
    /// <exception cref="CommandException">Nobody was named, or as with <see cref="Read"/>.</exception>
    public TrustPolicy Require(ParseResult parsed, string why) =>
        Read(parsed) ?? throw new CommandException($"Whom to believe? Give --key PUB.pem or --trust FILE. {why}");

    private Digest? ReadPin(ParseResult parsed)
    {
        if (parsed.GetValue(trustSha256) is not { } text) return null;
        return Digest.TryParse(text.ToLowerInvariant(), out var digest) ? digest : throw new CommandException($"--trust-sha256 {Quoted.Text(text)} is no SHA-256: write 64 hex digits, as sha256sum prints them.");
    }
}
