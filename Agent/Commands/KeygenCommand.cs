using System.CommandLine;
using Sealtail.Chaining;

namespace Sealtail.Commands;

/// <summary><c>sealtail keygen</c>: a key pair for <c>signing.key</c>.</summary>
internal static class KeygenCommand
{
    public static Command Create()
    {
        var file = new Option<string>("--out")
        {
            Description = "Where to write the private key; the public key goes to FILE.pub. Neither may exist.",
            HelpName = "FILE",
            Required = true,
        };
        var verb = new Verb("keygen", "Makes a P-256 key pair: FILE (PKCS#8 PEM, mode 0600) and FILE.pub (public key PEM). Never overwrites.")
        {
            Examples =
            [
                ("sealtail keygen --out /var/lib/sealtail/signing.pem", "make the node's key by hand, for signing.generate: false"),
                ("sealtail keygen --out ./signing.pem", "make a key to try things out with, in the current directory"),
            ],
        };
        verb.Add(file);
        verb.SetAction(parsed => Generate(parsed.GetRequiredValue(file), parsed.InvocationConfiguration.Output));
        return verb;
    }

    private static int Generate(string file, TextWriter output)
    {
        if (file.Length == 0 || file.EndsWith('/')) throw new CommandException("--out must name a file, such as ./signing.pem.");
        using var key = SigningKey.Generate(file);
        output.WriteLine($"Private key: {file} (keep it on this node; whoever has it can sign as the node)");
        output.WriteLine($"Public key:  {file}.pub (give it to your auditors: sealtail verify --key {file}.pub)");
        output.WriteLine($"Key id:      {key.Public.KeyId}");
        return ExitCode.Done;
    }
}
