using System.Text;
using NUnit.Framework;
using Sealtail.Buckets;
using Sealtail.Format;
using Sealtail.Proving;
using Sealtail.Tests.Support;
using Sealtail.Verifying;

namespace Sealtail.Tests.Proving;

/// <summary>From a question to the records that answer it, each with what proves it.</summary>
internal sealed class ProverTests : IDisposable
{
    private readonly ProofBed bed = new();

    public void Dispose() => bed.Dispose();

    [Test]
    public async Task An_audit_ID_is_proven_as_often_as_it_occurs()
    {
        var (proofs, result) = await bed.ProveAsync(RecordMatch.Of("a-1-2", []));

        Assert.That(proofs.Select(proof => Encoding.UTF8.GetString(proof.Record.Bytes)), Is.EqualTo(new[] { ProofBed.Record("a-1-2", "alice"), ProofBed.Record("a-1-2", "mallory") }));
        Assert.That(proofs.Select(proof => (proof.Manifest.Epoch, proof.Manifest.Sequence, proof.Record.Index)), Is.EqualTo(new[] { (1L, 2L, 2L), (2L, 2L, 0L) }));
        Assert.That((result.Proofs, result.Problems.Count), Is.EqualTo((2, 0)));
    }

    [TestCase("user.username=alice", 4)]
    [TestCase("user.groups=ops", 23)]
    [TestCase("user.groups=op", 0)]
    [TestCase("annotations.authorization.k8s.io/decision=allow", 23)]
    [TestCase("responseStatus.code=200", 23)]
    [TestCase("auditID=o-0-0", 1)]
    [TestCase("user=alice", 0)]
    [TestCase("secret=secret of a-3-4", 1)]
    public async Task A_record_is_matched_by_what_its_members_say(string match, int count) =>
        Assert.That((await bed.ProveAsync(RecordMatch.Of(null, [match]))).Proofs, Has.Count.EqualTo(count));

    [Test]
    public async Task All_conditions_must_hold() =>
        Assert.That((await bed.ProveAsync(RecordMatch.Of("a-1-2", ["user.username=mallory"]))).Proofs, Has.Count.EqualTo(1));

    [Test]
    public void A_value_that_is_spelt_with_escapes_is_found_and_rubbish_is_passed_over()
    {
        var match = RecordMatch.Of("<a>", []);

        Assert.That(match.IsMatch("{\"auditID\":\"\\u003ca\\u003e\"}\n"u8.ToArray()), Is.True);
        Assert.That(match.IsMatch("{\"auditID\":\"\\ud800\"}\n"u8.ToArray()), Is.False);
        Assert.That(match.IsMatch("{\"\\ud800\":1,\"auditID\":\"<a>\"}\n"u8.ToArray()), Is.True, "beside a name that is no text");
        Assert.That(match.IsMatch("\0\0\0{\"auditID\":\"<a>\"}\n"u8.ToArray()), Is.False);
        Assert.That(match.IsMatch("[\"<a>\"]\n"u8.ToArray()), Is.False);
        Assert.That(() => RecordMatch.Of(null, []), Throws.TypeOf<FormatException>());
        Assert.That(() => RecordMatch.Of(null, ["=x"]), Throws.TypeOf<FormatException>());
    }

    [Test]
    public async Task The_smallest_true_checkpoint_of_the_agent_s_that_covers_the_manifest_is_taken()
    {
        Checkpoints.Put(bed.Bucket, bed.Chain, 1, 2);
        Checkpoints.Put(bed.Bucket, bed.Chain, new Checkpoint(bed.Chain.Stream, 1, 3, Digest.Of("a lie"u8)));
        Checkpoints.Put(bed.Bucket, bed.Chain, 1, 4);
        Checkpoints.Put(bed.Bucket, bed.Chain, 1, 5);

        var proof = (await bed.ProveAsync(RecordMatch.Of("a-1-1", []))).Proofs.Single();

        Assert.That(Checkpoint.Parse(SignedNote.Parse(proof.Log!.Checkpoint).Text).Size, Is.EqualTo(4));
        Assert.That(proof.LogKey!.KeyId, Is.EqualTo(Digest.Of(bed.Chain.Spki)));
    }

    [Test]
    public async Task Without_one_the_prover_signs_what_it_sees()
    {
        var proof = (await bed.ProveAsync(RecordMatch.Of("a-1-1", []))).Proofs.Single();
        var note = SignedNote.Parse(proof.Log!.Checkpoint);

        Assert.That(Checkpoint.Parse(note.Text), Is.EqualTo(new Checkpoint(bed.Chain.Stream, 1, 6, Checkpoints.RootOf(bed.Chain, 1, 6))));
        Assert.That(note.IsSignedBy(bed.Prover.Public, "sealtail.dev/prod/cp-1/audit/e00000001"), Is.True);
    }

    [Test]
    public async Task Behind_a_hole_there_is_no_way_to_a_checkpoint()
    {
        bed.Bucket.Remove(bed.Chain[1, 1].Name);

        var proof = (await bed.ProveAsync(RecordMatch.Of("a-1-1", []))).Proofs.Single();

        Assert.That((proof.Log, proof.LogKey), Is.EqualTo(((TlogProof?)null, (VerificationKey?)null)));
    }

    [Test]
    public async Task Without_trust_the_keys_that_the_epochs_name_are_taken() =>
        Assert.That((await bed.ProveAsync(RecordMatch.Of("o-0-0", []), trusting: false)).Proofs.Single().Key.KeyId, Is.EqualTo(Digest.Of(bed.Other.Spki)));

    [Test]
    public async Task A_manifest_under_another_key_proves_nothing()
    {
        using var trust = new TrustPolicy([new TrustAnchor(StreamGlob.Parse("*"), VerificationKey.FromSpki(bed.Other.Spki), "test")]);
        var prover = new Prover(bed.Bucket, new ProveOptions { Match = RecordMatch.Of("a-1-1", []) }, trust, bed.Prover, TimeProvider.System) { Proven = _ => Assert.Fail("proven") };

        Assert.That((await prover.RunAsync(CancellationToken.None)).Proofs, Is.Zero);
    }

    [Test]
    public async Task A_chunk_that_is_gone_changed_or_unreadable_is_told()
    {
        bed.Bucket.Remove(bed.Chain[1, 1].ChunkName);
        bed.Bucket.Replace(bed.Chain[1, 2].ChunkName, bed.Bucket[bed.Chain[1, 3].ChunkName]);
        bed.Bucket.Fail(bed.Chain[1, 4].ChunkName, BucketFault.Denied);

        var (proofs, result) = await bed.ProveAsync(RecordMatch.Of(null, ["verb=get"]));

        Assert.That(result.Problems, Has.Count.EqualTo(3));
        Assert.That(result.Problems, Has.Some.Contains("missing").And.Some.Contains("not those that were signed").And.Some.Contains("could not be read"));
        Assert.That(proofs, Has.Count.EqualTo(8), "those of other chunks");
    }

    [Test]
    public async Task Time_and_stream_narrow_the_search()
    {
        Assert.That((await bed.ProveAsync(RecordMatch.Of(null, ["verb=get"]), change: options => options with { Streams = StreamGlob.Parse("prod/cp-2/*") })).Proofs, Has.Count.EqualTo(1));
        Assert.That((await bed.ProveAsync(RecordMatch.Of(null, ["user.username=alice"]), change: options => options with { From = bed.Chain[1, 2].Manifest.Signed, To = bed.Chain[1, 2].Manifest.Signed.AddSeconds(1) })).Proofs.Select(proof => proof.Manifest.Sequence), Is.EqualTo(new[] { 2L, 3L }));
    }

    [Test]
    public async Task More_matches_than_the_limit_are_none() =>
        await Assert.ThatAsync(() => bed.ProveAsync(RecordMatch.Of(null, ["verb=get"]), change: options => options with { Limit = 22 }), Throws.TypeOf<TooManyMatchesException>());
}
