using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Format;

/// <summary>Checkpoints as bytes: the golden one, what is refused, and what docs/format.md shows of it.</summary>
internal sealed class CheckpointTests : IDisposable
{
    private const string Name =
        "v1/checkpoints/prod-eu1/cp-1/audit/e00000001/000000000003-248516e237a05ca73b18ab48b2f4f04c98b5578a21bf531989a7a6b787c75b3b.checkpoint";

    private static readonly string Folder = Path.Combine(WorkedExample.Folder, "checkpoints");

    private readonly byte[] golden = File.ReadAllBytes(Path.Combine(Folder, Name));
    private readonly VerificationKey key = VerificationKey.FromPem(File.ReadAllText(Path.Combine(Folder, "auditor.pub")));
    private readonly TempFolder folder = new();

    public void Dispose()
    {
        key.Dispose();
        folder.Dispose();
    }

    [Test]
    public void The_golden_note_reads_as_its_values_and_prints_as_its_bytes()
    {
        var note = SignedNote.Parse(golden);
        var checkpoint = Checkpoint.Parse(note.Text);

        Assert.That(checkpoint, Is.EqualTo(new Checkpoint(WorkedExample.Stream, 1, 3, RootOfTheExample())));
        Assert.That(checkpoint.Text, Is.EqualTo(note.Text));
        Assert.That(note.ToBytes(), Is.EqualTo(golden));
        Assert.That(note.IsSignedBy(key, checkpoint.Origin), Is.True);
        Assert.That(note.Signatures.Single().KeyHash, Is.EqualTo(Convert.ToUInt32(key.KeyId.ToString()[..8], 16)));
    }

    [Test]
    public void The_name_parses_prints_and_holds_the_hash_of_its_bytes()
    {
        Assert.That(CheckpointName.TryParse(Name, out var name), Is.True);
        Assert.That(name, Is.EqualTo(new CheckpointName(WorkedExample.Stream, 1, 3, Digest.Of(golden))));
        Assert.That(name!.ToString(), Is.EqualTo(Name));
    }

    [TestCase("v1/checkpoints/prod-eu1/cp-1/audit/e00000000/000000000003-{0}.checkpoint")]
    [TestCase("v1/checkpoints/prod-eu1/cp-1/audit/e1/000000000003-{0}.checkpoint")]
    [TestCase("v1/checkpoints/prod-eu1/cp-1/audit/e00000001/000000000000-{0}.checkpoint")]
    [TestCase("v1/checkpoints/prod-eu1/cp-1/audit/e00000001/3-{0}.checkpoint")]
    [TestCase("v1/checkpoints/prod-eu1/cp-1/audit/e00000001/000000000003.checkpoint")]
    [TestCase("v1/checkpoints/prod-eu1/cp-1/audit/e00000001/000000000003-{0}.checkpoint.json")]
    [TestCase("v1/checkpoints/prod-eu1/cp-1/e00000001/000000000003-{0}.checkpoint")]
    [TestCase("v1/checkpoints/prod-eu1/../audit/e00000001/000000000003-{0}.checkpoint")]
    public void Other_names_are_none(string pattern) =>
        Assert.That(CheckpointName.TryParse(string.Format(pattern, Digest.Of(golden)), out _), Is.False);

    [Test]
    public void Any_changed_bit_of_the_note_makes_it_unsigned_or_no_note()
    {
        for (var bit = 0; bit < golden.Length * 8; bit++)
        {
            var changed = (byte[])golden.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(IsGood(changed), Is.False, $"bit {bit}");
        }
    }

    [TestCase("a\n\n")]
    [TestCase("a\n")]
    [TestCase("a\n\n\u2014 name AAAA")]
    [TestCase("a\n\n- name AAAAAAA=\n")]
    [TestCase("a\n\n\u2014 name AAAAAAA=")]
    [TestCase("a\n\n\u2014 na+me AAAAAAA=\n")]
    [TestCase("a\n\n\u2014 na\u00a0me AAAAAAA=\n")]
    [TestCase("a\n\n\u2014 name AAAAAAB=\n")]
    [TestCase("a\n\n\u2014 name AAAAAAA= more\n")]
    [TestCase("a\r\n\n\u2014 name AAAAAAA=\n")]
    public void What_is_no_note_is_refused(string text) => Assert.That(() => SignedNote.Parse(Encoding.UTF8.GetBytes(text)), Throws.TypeOf<FormatException>());

    [TestCase("sealtail.dev/a/b/c/e00000001\n3\n")]
    [TestCase("sealtail.dev/a/b/c/e00000001\n3\nAAAA\n")]
    [TestCase("sealtail.dev/a/b/c/e00000001\n03\nBpTRSxwVI+6+ynuNxHhpmut/obFTJvtlJWSZoldo2zY=\n")]
    [TestCase("sealtail.dev/a/b/c/e00000001\n0\nBpTRSxwVI+6+ynuNxHhpmut/obFTJvtlJWSZoldo2zY=\n")]
    [TestCase("sealtail.dev/a/b/c/e00000001\n-3\nBpTRSxwVI+6+ynuNxHhpmut/obFTJvtlJWSZoldo2zY=\n")]
    [TestCase("sealtail.dev/a/b/e00000001\n3\nBpTRSxwVI+6+ynuNxHhpmut/obFTJvtlJWSZoldo2zY=\n")]
    [TestCase("example.com/a/b/c/e00000001\n3\nBpTRSxwVI+6+ynuNxHhpmut/obFTJvtlJWSZoldo2zY=\n")]
    [TestCase("sealtail.dev/a/b/c/e00000001\n3\nBpTRSxwVI+6+ynuNxHhpmut/obFTJvtlJWSZoldo2zY=\n\n")]
    public void What_is_no_checkpoint_is_refused(string text) => Assert.That(() => Checkpoint.Parse(text), Throws.TypeOf<FormatException>());

    [Test]
    public void Extension_lines_and_other_signatures_are_passed_over()
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var its = VerificationKey.FromSpki(signer.ExportSubjectPublicKeyInfo());
        var checkpoint = new Checkpoint(WorkedExample.Stream, 1, 3, RootOfTheExample());
        var text = checkpoint.Text + "an extension\n";
        var signature = signer.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var note = new SignedNote(text, [new NoteSignature("witness.example", 7, [1, 2, 3]), new NoteSignature(checkpoint.Origin, SignedNote.KeyHashOf(its), signature)]);

        var read = SignedNote.Parse(note.ToBytes());

        Assert.That(Checkpoint.Parse(read.Text), Is.EqualTo(checkpoint));
        Assert.That(read.IsSignedBy(its, checkpoint.Origin), Is.True);
        Assert.That(read.IsSignedBy(its, "witness.example"), Is.False, "another name is another key");
        Assert.That(read.IsSignedBy(key, checkpoint.Origin), Is.False);
    }

    [Test]
    public void Openssl_holds_the_signature_for_good()
    {
        ShellTools.Require("openssl");
        var note = SignedNote.Parse(golden);
        File.WriteAllText(folder["text"], note.Text);
        File.WriteAllBytes(folder["sig"], note.Signatures[0].Signature);

        using var openssl = Process.Start(new ProcessStartInfo("openssl", ["dgst", "-sha256", "-verify", Path.Combine(Folder, "auditor.pub"), "-signature", folder["sig"], folder["text"]]) { RedirectStandardOutput = true })!;
        var said = openssl.StandardOutput.ReadToEnd();
        openssl.WaitForExit();

        Assert.That(said, Is.EqualTo("Verified OK\n"));
    }

    [Test]
    public void The_document_shows_the_golden_note_its_name_and_its_key()
    {
        Assert.That(FormatDocument.Blocks("text"), Does.Contain(Encoding.UTF8.GetString(golden)));
        Assert.That(FormatDocument.Blocks("text"), Does.Contain($"{Name}  {golden.Length} bytes\n"));
        Assert.That(FormatDocument.Blocks("text"), Does.Contain(SignedNote.VerifierKey(Checkpoint.Parse(SignedNote.Parse(golden).Text).Origin, key) + "\n"));
    }

    [TestCase(-1)]
    [TestCase(0)]
    [TestCase(60)]
    [TestCase(200)]
    public void The_document_s_shell_lines_hold_for_the_golden_note_and_for_no_other(int change)
    {
        foreach (var file in Directory.GetFiles(WorkedExample.Folder, "*", SearchOption.AllDirectories))
        {
            var copy = folder[Path.GetRelativePath(WorkedExample.Folder, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!); // a file of the folder has one
            File.Copy(file, copy);
        }

        if (change >= 0)
        {
            var changed = (byte[])golden.Clone();
            changed[change] ^= 1;
            File.WriteAllBytes(folder[$"checkpoints/{Name}"], changed);
        }

        var (exitCode, output) = ShellTools.Bash(FormatDocument.Blocks("bash").Single(), folder["bucket"]);

        Assert.That(exitCode, change < 0 ? Is.Zero : Is.Not.Zero, output);
        Assert.That(output.Contains("The checkpoint holds.", StringComparison.Ordinal), Is.EqualTo(change < 0));
    }

    private bool IsGood(byte[] bytes)
    {
        try
        {
            var note = SignedNote.Parse(bytes);
            return note.IsSignedBy(key, Checkpoint.Parse(note.Text).Origin);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static Digest RootOfTheExample()
    {
        var tree = new MerkleTree();
        foreach (var file in Directory.GetFiles(Path.Combine(WorkedExample.Bucket, "v1", "manifests"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            tree.Append(MerkleTree.LeafHash(Envelope.Parse(File.ReadAllBytes(file)).Payload));
        return tree.Root();
    }
}
