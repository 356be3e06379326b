using Sealtail.Buckets;
using Sealtail.Chaining;
using Sealtail.Format;
using Sealtail.Proving;
using Sealtail.Tests.Support;
using Sealtail.Tests.Verifying;
using Sealtail.Verifying;

namespace Sealtail.Tests.Proving;

/// <summary>A bucket of two streams with known records, to prove from.</summary>
internal sealed class ProofBed : IDisposable
{
    private readonly TempFolder folder = new();

    public ProofBed()
    {
        Chain.Start();
        for (var chunk = 0; chunk < 4; chunk++)
        {
            for (var i = 0; i < 5; i++) Chain.Read(Record($"a-{chunk}-{i}", i == 2 ? "alice" : "bob"));
            Chain.Seal();
        }

        Chain.Heartbeat().Start().Chunk(Record("b-0-0", "carol")).Chunk(Record("a-1-2", "mallory")).Stop();
        Other.Start().Chunk(Record("o-0-0", "dave"));
        Bucket = Chain.Build();
        Other.WriteTo(Bucket);
    }

    public ChainBuilder Chain { get; } = new();

    public ChainBuilder Other { get; } = new("prod/cp-2/audit");

    public MemoryBucket Bucket { get; }

    public SigningKey Prover { get; } = SigningKey.ForOnce();

    public string this[string name] => folder[name];

    public static string Record(string auditId, string user) =>
        $$"""{"kind":"Event","auditID":"{{auditId}}","verb":"get","user":{"username":"{{user}}","groups":["system:masters","ops"]},"annotations":{"authorization.k8s.io/decision":"allow"},"responseStatus":{"code":200},"secret":"secret of {{auditId}}"}""" + "\n";

    public TrustPolicy Trust() => new([.. new[] { Chain, Other }.Select(chain => new TrustAnchor(StreamGlob.Parse(chain.Stream.ToString()), VerificationKey.FromSpki(chain.Spki), "test"))]);

    public async Task<(IReadOnlyList<Proof> Proofs, ProveResult Result)> ProveAsync(RecordMatch match, bool trusting = true, IBucket? bucket = null, Func<ProveOptions, ProveOptions>? change = null)
    {
        using var trust = Trust();
        var proofs = new List<Proof>();
        var options = new ProveOptions { Match = match };
        var prover = new Prover(bucket ?? Bucket, change?.Invoke(options) ?? options, trusting ? trust : null, Prover, new FixedTime(Chain.Now)) { Proven = proofs.Add };
        return (proofs, await prover.RunAsync(CancellationToken.None));
    }

    /// <summary>The folder of one proof of the record with that audit ID.</summary>
    public async Task<string> WriteAsync(string auditId)
    {
        var (proofs, _) = await ProveAsync(RecordMatch.Of(auditId, []));
        ProofFolder.Write(proofs[0], Bucket.Location, this[auditId]);
        return this[auditId];
    }

    public void Dispose()
    {
        Chain.Dispose();
        Other.Dispose();
        Bucket.Dispose();
        Prover.Dispose();
        folder.Dispose();
    }
}
