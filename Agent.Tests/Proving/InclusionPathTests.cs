using System.Text;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Proving;

/// <summary>Paths against RFC 6962's own recursive definition.</summary>
internal sealed class InclusionPathTests
{
    [Test]
    public void Every_leaf_of_every_small_tree_has_the_path_that_the_definition_gives_it()
    {
        for (var size = 1; size <= 40; size++)
        {
            var leaves = Leaves(size);
            for (var index = 0; index < size; index++)
            {
                var tree = new InclusionPaths();
                IReadOnlyList<Digest> path = [];
                for (var i = 0; i < size; i++)
                {
                    if (i == index) path = tree.AppendMarked(leaves[i]);
                    else tree.Append(leaves[i]);
                }

                var root = tree.Root();
                Assert.That(root, Is.EqualTo(RootOf(leaves)));
                Assert.That(path, Is.EqualTo(PathOf(index, leaves)), $"{index} of {size}");
                Assert.That(InclusionPath.RootOf(leaves[index], index, size, path), Is.EqualTo(root));
            }
        }
    }

    [Test]
    public void Many_leaves_marked_at_once_have_each_its_own_path()
    {
        var leaves = Leaves(37);
        var tree = new InclusionPaths();
        var paths = leaves.Select(tree.AppendMarked).ToArray();

        var root = tree.Root();

        for (var i = 0; i < leaves.Length; i++) Assert.That(InclusionPath.RootOf(leaves[i], i, leaves.Length, paths[i]), Is.EqualTo(root), $"{i}");
    }

    [Test]
    public void Another_leaf_place_or_path_has_another_root_or_none()
    {
        var leaves = Leaves(21);
        var path = PathOf(13, leaves);
        var root = RootOf(leaves);
        Assert.That(InclusionPath.RootOf(leaves[13], 13, 21, path), Is.EqualTo(root));

        Assert.That(InclusionPath.RootOf(leaves[12], 13, 21, path), Is.Not.EqualTo(root));
        Assert.That(Enumerable.Range(0, 21).Where(index => index != 13).Select(index => InclusionPath.RootOf(leaves[13], index, 21, path)), Has.None.EqualTo(root));
        Assert.That(InclusionPath.RootOf(leaves[13], 13, 21, path[..^1]), Is.Null);
        Assert.That(InclusionPath.RootOf(leaves[13], 13, 21, [.. path, path[0]]), Is.Null);
        Assert.That(InclusionPath.RootOf(leaves[13], 21, 21, path), Is.Null);
        Assert.That(InclusionPath.RootOf(leaves[13], -1, 21, path), Is.Null);
        Assert.That(InclusionPath.RootOf(leaves[0], 0, 0, []), Is.Null);
        for (var i = 0; i < path.Length; i++)
        {
            Digest[] changed = [.. path];
            changed[i] = leaves[0];
            Assert.That(InclusionPath.RootOf(leaves[13], 13, 21, changed), Is.Not.EqualTo(root));
        }
    }

    [Test]
    public void A_log_proof_prints_and_parses()
    {
        var leaves = Leaves(5);
        var proof = new TlogProof(3, PathOf(3, leaves), "a\n5\nb\n\n\u2014 a AAAAAAA=\n"u8.ToArray());

        var text = Encoding.UTF8.GetString(proof.ToBytes());

        Assert.That(text, Does.StartWith("c2sp.org/tlog-proof@v1\nindex 3\n").And.EndWith("\n\na\n5\nb\n\n\u2014 a AAAAAAA=\n"));
        foreach (var read in new[] { text, text.Replace("index", "extra AAAA\nindex", StringComparison.Ordinal) }.Select(spelling => TlogProof.Parse(Encoding.UTF8.GetBytes(spelling))))
        {
            Assert.That((read.Index, read.Path), Is.EqualTo((proof.Index, proof.Path)));
            Assert.That(read.Checkpoint, Is.EqualTo(proof.Checkpoint));
        }
    }

    [TestCase("")]
    [TestCase("c2sp.org/tlog-proof@v1\nindex 3\n")]
    [TestCase("c2sp.org/tlog-proof@v2\nindex 3\n\nx")]
    [TestCase("c2sp.org/tlog-proof@v1\n\nindex 3")]
    [TestCase("c2sp.org/tlog-proof@v1\nindex 03\n\nx")]
    [TestCase("c2sp.org/tlog-proof@v1\nindex -3\n\nx")]
    [TestCase("c2sp.org/tlog-proof@v1\nindex 3\nAAAA\n\nx")]
    public void What_is_no_log_proof_is_refused(string text) => Assert.That(() => TlogProof.Parse(Encoding.UTF8.GetBytes(text)), Throws.TypeOf<FormatException>());

    private static Digest[] Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => MerkleTree.LeafHash(Encoding.UTF8.GetBytes($"leaf {i}")))];

    private static Digest RootOf(ReadOnlySpan<Digest> leaves) => leaves.Length == 1 ? leaves[0] : MerkleTree.NodeHash(RootOf(leaves[..Split(leaves.Length)]), RootOf(leaves[Split(leaves.Length)..]));

    private static Digest[] PathOf(int index, ReadOnlySpan<Digest> leaves)
    {
        if (leaves.Length == 1) return [];
        var split = Split(leaves.Length);
        return index < split ? [.. PathOf(index, leaves[..split]), RootOf(leaves[split..])] : [.. PathOf(index - split, leaves[split..]), RootOf(leaves[..split])];
    }

    private static int Split(int size)
    {
        var split = 1;
        while (2 * split < size) split *= 2;
        return split;
    }
}
