using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Sealtail.Buckets.Gcs;

namespace Sealtail.Tests.Buckets;

internal sealed class RequestPaceTests
{
    private readonly FakeTimeProvider time = new();

    [Test]
    public void Requests_get_their_turns_evenly_however_many_come_at_once()
    {
        var pace = new RequestPace(100, time);
        var waiting = Enumerable.Range(0, 250).Select(_ => pace.WaitAsync(CancellationToken.None)).ToArray();

        var done = new List<int>();
        for (var step = 0; step < 30; step++)
        {
            done.Add(waiting.Count(task => task.IsCompletedSuccessfully));
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        // A hundred a second: ten in each step, until none is left; at first what may be caught up with.
        for (var step = 0; step < done.Count; step++) Assert.That(done[step], Is.InRange(Math.Min(250, 10 * step), Math.Min(250, (10 * step) + 7)), $"after {step * 100} ms");
    }

    [Test]
    public void What_was_not_used_is_not_saved_up()
    {
        var pace = new RequestPace(100, time);
        time.Advance(TimeSpan.FromHours(1));

        var passed = Enumerable.Range(0, 50).Select(_ => pace.WaitAsync(CancellationToken.None)).Count(task => task.IsCompletedSuccessfully);

        Assert.That(passed, Is.LessThan(10));
    }

    [Test]
    public async Task Who_gives_up_waits_no_more()
    {
        var pace = new RequestPace(1, time);
        await pace.WaitAsync(CancellationToken.None);
        using var patience = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 3).Select(_ => pace.WaitAsync(patience.Token)).Last();

        await patience.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(() => waiting);
    }
}
