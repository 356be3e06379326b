using Sealtail.Tests.Support;

namespace Sealtail.Tests.Verifying;

/// <summary>A good bucket of one stream in a folder, stopped two minutes ago, with its key, for the program to be run beside.</summary>
internal sealed class VerifyBed : IDisposable
{
    private readonly TempFolder folder = new();

    public VerifyBed()
    {
        using var bucket = Chain.Start().Chunk().Chunk().Stop().Build();
        bucket.SaveTo(folder["bucket"]);
        File.WriteAllText(folder["key.pub"], Chain.PublicKeyPem);
        File.WriteAllText(folder["trust.txt"], $"# nodes\nprod/*/audit {Convert.ToBase64String(Chain.Spki)} cp-1\n");
        File.WriteAllText(folder["trust.yaml"], $"version: 1\nkeys:\n  - streams: prod/*\n    publicKey: {Convert.ToBase64String(Chain.Spki)}\nexpected: [prod/cp-1/audit]\n");
    }

    public ChainBuilder Chain { get; } = new(begin: TimeProvider.System.GetUtcNow().AddMinutes(-2));

    public string this[string name] => folder[name];

    public Task<ProcessResult> RunAsync(params string[] arguments) => SealtailProcess.RunAsync(folder.Path, arguments);

    public void Dispose()
    {
        Chain.Dispose();
        folder.Dispose();
    }
}
