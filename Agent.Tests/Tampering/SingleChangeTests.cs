using NUnit.Framework;
using Sealtail.Verifying;

namespace Sealtail.Tests.Tampering;

/// <summary>Whatever single bit is flipped, whatever single object is deleted: the verdict is never "ok".</summary>
internal sealed class SingleChangeTests
{
    private const int FlipsOfAnObject = 2;

    [Test]
    public async Task Any_single_bit_flipped_is_never_ok([Values] bool hasGap)
    {
        using var world = new TamperWorld(hasGap);
        var random = TestContext.CurrentContext.Random;
        foreach (var name in world.Bucket.Names)
            for (var i = 0; i < FlipsOfAnObject; i++)
            {
                using var bucket = world.Bucket.Copy();
                var bytes = bucket[name].ToArray();
                var (at, bit) = (random.Next(bytes.Length), random.Next(8));
                bytes[at] ^= (byte)(1 << bit);
                bucket.Replace(name, bytes);

                Assert.That(await ExitCodeAsync(world, bucket), Is.EqualTo(1).Or.EqualTo(3), $"bit {bit} of byte {at} of {name}");
            }
    }

    /// <summary>A start's name does not cover its bytes, so all of them are tried.</summary>
    [Test]
    public async Task No_bit_of_an_epochs_start_can_change()
    {
        using var world = new TamperWorld(hasGap: false);
        TrustCases.Rotate(world, isCosigned: true); // two signatures, two hints
        _ = world.Bucket;
        world.Options = world.Options with { Streams = StreamGlob.Parse("prod/cp-1/audit"), ManifestsOnly = true };
        var name = world.A[2, 0].Name;
        var length = world.Bucket[name].Length;
        var random = TestContext.CurrentContext.Random;
        // The payload is what is signed: random bits of it are flipped above.
        for (var at = world.Bucket[name].AsSpan().IndexOf("\"payloadType\""u8) - 2; at < length; at += 2)
        {
            using var bucket = world.Bucket.Copy();
            var bytes = bucket[name].ToArray();
            var bit = random.Next(8);
            bytes[at] ^= (byte)(1 << bit);
            bucket.Replace(name, bytes);

            Assert.That(await ExitCodeAsync(world, bucket), Is.EqualTo(1).Or.EqualTo(3), $"bit {bit} of byte {at}");
        }
    }

    [Test]
    public async Task Any_single_object_deleted_is_never_ok([Values] bool hasGap)
    {
        using var world = new TamperWorld(hasGap);
        foreach (var name in world.Bucket.Names)
        {
            using var bucket = world.Bucket.Copy();
            bucket.Remove(name);

            Assert.That(await ExitCodeAsync(world, bucket), Is.EqualTo(1).Or.EqualTo(3), name);
        }
    }

    private static async Task<int> ExitCodeAsync(TamperWorld world, MemoryBucket bucket) =>
        (await new Verifier(bucket, world.Trust, world.Options, new FixedClock(world.Now)).VerifyAsync(CancellationToken.None)).ExitCode(strict: false);
}
