using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using Sealtail.Buckets.Credentials;

namespace Sealtail.Tests.Credentials;

/// <summary>Which token is given out while another one is on its way.</summary>
internal sealed class AccessTokensTests
{
    private readonly FakeTimeProvider time = new();

    [Test]
    public async Task A_token_that_was_asked_for_before_a_long_sleep_and_is_over_after_it_is_not_used()
    {
        var answers = new[] { new TaskCompletionSource<AccessToken>(), new TaskCompletionSource<AccessToken>(), new TaskCompletionSource<AccessToken>() };
        var asked = 0;
        using var tokens = new AccessTokens("a test", _ => answers[Interlocked.Increment(ref asked) - 1].Task, null, time);
        answers[0].SetResult(ForAnHour("first"));
        await tokens.GetAsync(CancellationToken.None);

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.That((await tokens.GetAsync(CancellationToken.None)).Value, Is.EqualTo("first")); // asks for the second meanwhile
        var second = ForAnHour("second");
        time.Advance(TimeSpan.FromHours(5));
        var waiting = tokens.GetAsync(CancellationToken.None);
        answers[1].SetResult(second);
        answers[2].SetResult(ForAnHour("third"));

        Assert.That((await waiting).Value, Is.EqualTo("third"));
    }

    private AccessToken ForAnHour(string value) => new(value, time.GetUtcNow().AddMinutes(55), time.GetUtcNow().AddHours(1));
}
