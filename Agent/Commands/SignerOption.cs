using System.CommandLine;
using Sealtail.Chaining;

namespace Sealtail.Commands;

/// <summary><c>--signing-key</c>: who vouches for what a verb makes. Without it a key is made for this once and thrown away.</summary>
internal static class SignerOption
{
    public static Option<string?> Create() => new("--signing-key")
    {
        Description = "Your own private key (PEM, see keygen) to sign with. Default: a key made for this once.",
        HelpName = "FILE",
    };

    public static SigningKey Read(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } file ? SigningKey.Load(file) : SigningKey.ForOnce();
}
