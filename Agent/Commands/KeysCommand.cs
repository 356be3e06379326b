using System.CommandLine;
using Sealtail.Chaining;
using Sealtail.Configuration;

namespace Sealtail.Commands;

/// <summary><c>sealtail keys</c>: what an auditor puts into a trust file to believe this node.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var verb = new Verb("keys", "Prints the node's public key as trust-file lines, one per input: STREAM PUBLIC-KEY COMMENT.")
        {
            Examples =
            [
                ("sealtail keys --config /etc/sealtail/sealtail.yaml", "print this node's lines"),
                ("sealtail keys >> trust.txt", "add them to the file that sealtail verify --trust reads"),
            ],
        };
        verb.Add(config);
        verb.SetAction(parsed => Print(parsed.GetRequiredValue(config), parsed.InvocationConfiguration.Output));
        return verb;
    }

    private static int Print(string file, TextWriter output)
    {
        // One key per node: every chain names the same file.
        var chains = ConfigurationLoader.Load(file).Inputs.Select(input => input.Chain).ToArray();
        using var key = SigningKey.Load(chains[0].KeyPath);
        foreach (var chain in chains) output.WriteLine($"{chain.Stream} {Convert.ToBase64String(key.Public.Spki)} keyid={key.Public.KeyId}");
        return ExitCode.Done;
    }
}
