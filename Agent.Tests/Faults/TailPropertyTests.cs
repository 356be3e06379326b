using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using NUnit.Framework.Internal;

namespace Sealtail.Tests.Faults;

/// <summary>Random lives of a log and of its reader against the model; a failing one is made as short as it still fails, and its seed is printed.</summary>
internal sealed class TailPropertyTests
{
    [Test]
    public void A_reader_loses_nothing_without_need_and_declares_what_it_must([Range(0, 2)] int batch) => Hold(TailOps.Any, 70, batch);

    [Test]
    public void After_what_an_apiserver_does_by_itself_nothing_is_lost_and_no_gap_is_declared() => Hold(TailOps.WithoutLoss, 90, 3);

    [Test]
    [Explicit]
    [Category(Campaign.Category)]
    public void A_reader_keeps_the_laws_for_thousands_of_lives()
    {
        Hold(TailOps.Any, 4500, 4);
        Hold(TailOps.WithoutLoss, 1500, 5);
        Campaign.Tell("6000 random sequences of log and reader: nothing lost without need, nothing read twice, no gap without cause");
    }

    private static void Hold(Arbitrary<TailOp[]> lives, int count, int batch)
    {
        var seed = unchecked((ulong)Campaign.Seed() + (ulong)batch);
        var config = Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(new Replay(new Rnd(seed, 1), null));
        Check.One(config, Prop.ForAll(lives, ops =>
        {
            // What fails while a life is made shorter is not this test's result.
            using var isolated = new TestExecutionContext.IsolatedContext();
            TailLife.Run(ops, ops.Length % 4 == 0 ? TimeSpan.FromHours(1) : TimeSpan.Zero);
        }));
    }
}
