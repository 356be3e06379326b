using Sealtail.Buckets.Gcs;

namespace Sealtail.Buckets.Credentials;

/// <summary>A bearer token. <paramref name="RefreshAt"/>: from then on a new one is asked for while this one still serves.</summary>
internal sealed record AccessToken(string Value, DateTimeOffset RefreshAt, DateTimeOffset Expires);

/// <summary>
/// The token in hand. One request for a new one is under way at a time, whoever waits for it; it is made ahead of the expiry, so that uploads do not
/// wait. A failure is told, and tried again at the next use: it recovers by itself.
/// </summary>
internal sealed class AccessTokens : IDisposable
{
    // A token that ends sooner could end on its way.
    private static readonly TimeSpan LeastLeft = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    private readonly string kind;
    private readonly Func<CancellationToken, Task<AccessToken>> request;
    private readonly IDisposable? owned;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource disposing = new();

    // Guards all below.
    private readonly Lock gate = new();
    private AccessToken? current;
    private Task<Answer>? pending;
    private DateTimeOffset notBefore;
    private string? failure;
    private string? refusal;

    /// <param name="kind">What it is, for a person.</param>
    /// <param name="request">Asks for a new token; throws only <see cref="BucketException"/>, or <see cref="OperationCanceledException"/> when told to.</param>
    /// <param name="owned">Disposed at the end.</param>
    /// <param name="time">The clock of expiry.</param>
    public AccessTokens(string kind, Func<CancellationToken, Task<AccessToken>> request, IDisposable? owned, TimeProvider time) =>
        (this.kind, this.request, this.owned, this.time) = (kind, request, owned, time);

    public CredentialStatus Status
    {
        get
        {
            lock (gate) return new CredentialStatus(kind, current?.Expires, failure ?? refusal);
        }
    }

    public static AccessTokens Open(CredentialOptions options, GcsScope scope, GcsEnvironment environment, TimeProvider time)
    {
        var google = new GoogleTokens(options, scope, environment, time);
        return new AccessTokens(google.Kind, google.RequestAsync, google, time);
    }

    /// <exception cref="BucketException">There is none: <see cref="BucketFault.Denied"/> if it was refused, <see cref="BucketFault.Transient"/> if nobody answered.</exception>
    public async Task<AccessToken> GetAsync(CancellationToken cancellationToken)
    {
        Task<Answer> awaited;
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (current is { } token && now < token.Expires - LeastLeft)
            {
                if (now >= token.RefreshAt && now >= notBefore) Ask();
                return token;
            }

            awaited = Ask();
        }

        // The request may have begun before the machine slept: what it brings can be over by now.
        var answered = await AwaitAsync(awaited, cancellationToken);
        return time.GetUtcNow() < answered.Expires ? answered : await RenewAsync(answered, cancellationToken);
    }

    /// <summary>Another token than the one that the store refused.</summary>
    /// <exception cref="BucketException">As for <see cref="GetAsync"/>.</exception>
    public async Task<AccessToken> RenewAsync(AccessToken refused, CancellationToken cancellationToken)
    {
        Task<Answer> awaited;
        lock (gate)
        {
            if (current is { } other && other != refused) return other;
            current = null;
            awaited = Ask();
        }

        return await AwaitAsync(awaited, cancellationToken);
    }

    /// <summary>What the store made of a token.</summary>
    public void Tell(AccessToken token, bool accepted)
    {
        lock (gate)
        {
            if (token != current) return;
            refusal = accepted ? null : "The store refuses a token that was just issued (401). Is the account disabled, or the node's clock wrong?";
            if (!accepted) current = null;
        }
    }

    public void Dispose()
    {
        disposing.Cancel();
        owned?.Dispose();
    }

    private Task<Answer> Ask() => pending ??= Task.Run(AskAsync);

    // Never ends in an exception: there may be nobody to see it.
    private async Task<Answer> AskAsync()
    {
        Answer answer;
        try
        {
            using var timeout = new CancellationTokenSource(RequestTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, disposing.Token);
            answer = new Answer(await request(either.Token), null);
        }
        catch (OperationCanceledException)
        {
            answer = new Answer(null, new BucketException(BucketFault.Transient, $"No token from {kind}: no answer within {RequestTimeout.TotalSeconds:0} s."));
        }
        catch (BucketException e)
        {
            answer = new Answer(null, e);
        }

        lock (gate)
        {
            pending = null;
            failure = answer.Fault?.Message;
            if (answer.Token is not null) current = answer.Token;
            else notBefore = time.GetUtcNow() + PauseAfterFailure;
        }

        return answer;
    }

    private static async Task<AccessToken> AwaitAsync(Task<Answer> asked, CancellationToken cancellationToken)
    {
        var answer = await asked.WaitAsync(cancellationToken);
        return answer.Token ?? throw new BucketException(answer.Fault!.Fault, answer.Fault.Message, answer.Fault); // without a token there is a fault
    }

    private readonly record struct Answer(AccessToken? Token, BucketException? Fault);
}
