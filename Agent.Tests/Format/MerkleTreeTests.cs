using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Sealtail.Format;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Format;

internal sealed class MerkleTreeTests
{
    private const int Most = 130; // beyond two powers of two on either side

    // The test vectors of the certificate-transparency reference implementation for the leaves "", 00, 10, 2021, …
    private static readonly string[] ReferenceLeaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] ReferenceRoots =
    [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Test]
    public void Roots_are_those_of_the_reference_implementation()
    {
        var tree = new MerkleTree();
        var roots = new List<string>();
        foreach (var leaf in ReferenceLeaves)
        {
            tree.Append(MerkleTree.LeafHash(Convert.FromHexString(leaf)));
            roots.Add(tree.Root().ToString());
        }

        Assert.That(roots, Is.EqualTo(ReferenceRoots));
    }

    [Test]
    public void No_leaves_hash_to_SHA_256_of_nothing() =>
        Assert.That(new MerkleTree().Root().ToString(), Is.EqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));

    [Test]
    public void The_root_is_that_of_the_definition_for_every_size([Range(0, Most)] int size)
    {
        var leaves = Leaves(size);
        var tree = new MerkleTree();
        foreach (var leaf in leaves) tree.Append(MerkleTree.LeafHash(leaf));

        Assert.That(tree.Size, Is.EqualTo(size));
        Assert.That(tree.Root(), Is.EqualTo(MerkleDefinition.Root(leaves)));
        Assert.That(tree.Peaks.Length, Is.EqualTo(int.PopCount(size)));
    }

    [Test]
    public void A_tree_restored_from_its_peaks_grows_as_the_one_that_was_left([Range(0, Most, 5)] int size)
    {
        var leaves = Leaves(Most);
        var tree = new MerkleTree();
        foreach (var leaf in leaves[..size]) tree.Append(MerkleTree.LeafHash(leaf));
        var restored = MerkleTree.Restore(tree.Size, tree.Peaks);
        foreach (var leaf in leaves[size..])
        {
            tree.Append(MerkleTree.LeafHash(leaf));
            restored.Append(MerkleTree.LeafHash(leaf));
            Assert.That(restored.Root(), Is.EqualTo(tree.Root()), $"{restored.Size} leaves");
        }
    }

    [Test]
    public void Leaves_that_come_many_at_once_give_the_same_tree([Range(0, Most, 10)] int before)
    {
        for (var together = 0; together <= Most; together++)
        {
            var hashes = Leaves(before + together).Select(leaf => MerkleTree.LeafHash(leaf)).ToArray();
            var (one, many) = (new MerkleTree(), new MerkleTree());
            foreach (var hash in hashes) one.Append(hash);
            many.Append(hashes.AsSpan(0, before));
            many.Append(hashes.AsSpan(before));

            Assert.That(many.Size, Is.EqualTo(one.Size), $"{together} together");
            Assert.That(many.Peaks.ToArray(), Is.EqualTo(one.Peaks.ToArray()), $"{together} together");
        }
    }

    [Test]
    public void Nodes_by_the_processor_s_instructions_are_those_of_NET([Range(0, 9)] int count)
    {
        NativeSha256.Require();
        var (native, net) = (Leaves(2 * count).Select(leaf => MerkleTree.LeafHash(leaf)).ToArray(), Leaves(2 * count).Select(leaf => MerkleTree.LeafHash(leaf)).ToArray());
        MerkleTree.HashPairs(native, isNative: true);
        MerkleTree.HashPairs(net, isNative: false);

        Assert.That(native[..count], Is.EqualTo(net[..count]));
    }

    [Test]
    public void A_clone_and_its_original_grow_apart()
    {
        var tree = new MerkleTree();
        tree.Append(MerkleTree.LeafHash([1]));
        var clone = tree.Clone();
        tree.Append(MerkleTree.LeafHash([2]));
        clone.Append(MerkleTree.LeafHash([3]));

        Assert.That(tree.Root(), Is.EqualTo(MerkleDefinition.Root([[1], [2]])));
        Assert.That(clone.Root(), Is.EqualTo(MerkleDefinition.Root([[1], [3]])));
    }

    [Test]
    public void A_cleared_tree_is_empty()
    {
        var tree = new MerkleTree();
        tree.Append(MerkleTree.LeafHash([1]));
        tree.Clear();

        Assert.That((tree.Size, tree.Root()), Is.EqualTo((0L, MerkleTree.EmptyRoot)));
    }

    [TestCase(0, 1)]
    [TestCase(3, 1)]
    [TestCase(4, 2)]
    [TestCase(-1, 64)]
    [TestCase(long.MinValue, 1)]
    public void Peaks_that_cannot_be_of_the_size_are_refused(long size, int peaks) =>
        Assert.That(() => MerkleTree.Restore(size, new Digest[peaks]), Throws.TypeOf<FormatException>());

    [Test]
    public void A_leaf_is_never_a_node()
    {
        var (left, right) = (MerkleTree.LeafHash([1]), MerkleTree.LeafHash([2]));
        Assert.That(MerkleTree.LeafHash([.. left.ToArray(), .. right.ToArray()]), Is.Not.EqualTo(MerkleTree.NodeHash(left, right)));
    }

    private static byte[][] Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($"record {i}\n"))];
}
