namespace Sealtail.Buckets;

/// <summary>How it stands with the identity a bucket is written as.</summary>
/// <param name="Kind">What kind of credential it is, and from where.</param>
/// <param name="Expires">When the token in hand ends; null while there is none.</param>
/// <param name="Problem">Why there is no good token, or why there will be none soon, as a sentence; null if all is well.</param>
internal sealed record CredentialStatus(string Kind, DateTimeOffset? Expires, string? Problem)
{
    /// <summary>Whether requests fail now: with a problem and a token that still lives, uploads go on.</summary>
    public bool Fails(DateTimeOffset now) => Problem is not null && !(Expires > now);
}
