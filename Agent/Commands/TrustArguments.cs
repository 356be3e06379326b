using System.CommandLine;
using Sealtail.Verifying;

namespace Sealtail.Commands;

/// <summary><c>--key</c> and <c>--trust</c>, the same for every verb that believes somebody.</summary>
internal sealed class TrustArguments
{
    private readonly Option<string[]> key = new("--key") { Description = "A public key (PEM) to believe about every stream. May be repeated.", HelpName = "PUB.pem" };
    private readonly Option<string?> trust = new("--trust") { Description = "A file of lines STREAM PUBLIC-KEY, as 'sealtail keys' prints them.", HelpName = "FILE" };

    public IEnumerable<Option> Options => [key, trust];

    /// <summary>Null: none was named.</summary>
    /// <exception cref="CommandException">A file cannot be used.</exception>
    public TrustPolicy? Read(ParseResult parsed)
    {
        try
        {
            var anchors = (parsed.GetValue(key) ?? []).Select(TrustFile.ReadKey).ToList();
            if (parsed.GetValue(trust) is { } file) anchors.AddRange(TrustFile.Read(file));
            return anchors.Count > 0 ? new TrustPolicy(anchors) : null;
        }
        catch (TrustException e)
        {
            throw new CommandException(e.Message, ExitCode.Usage, e);
        }
    }
}
