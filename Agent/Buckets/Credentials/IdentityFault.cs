using System.Net;
using System.Text;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using Sealtail.Format;

namespace Sealtail.Buckets.Credentials;

/// <summary>What the library's exceptions mean. Who was refused must wait for an administrator; who got no answer may ask again soon.</summary>
internal static class IdentityFault
{
    public static BucketException Of(Exception exception, string source)
    {
        if ((exception as BucketException ?? exception.InnerException as BucketException) is { } fault) return new BucketException(fault.Fault, $"No token from {source}: {fault.Message}", exception);
        return new BucketException(IsTransient(exception) ? BucketFault.Transient : BucketFault.Denied, $"No token from {source}: {Describe(exception)}", exception);
    }

    private static bool IsTransient(Exception exception) => exception switch
    {
        TokenResponseException { StatusCode: { } status } => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
        SubjectTokenException { InnerException: { } inner } => IsTransient(inner),
        HttpRequestException or OperationCanceledException => true,
        _ => false,
    };

    private static string Describe(Exception exception)
    {
        var text = exception switch
        {
            TokenResponseException { Error: { } error } refused => $"{(int?)refused.StatusCode} {error.Error} {error.ErrorDescription}".Trim(),
            SubjectTokenException { InnerException: { } inner } => inner.Message,
            OperationCanceledException => "no answer in time.",
            _ => exception.Message,
        };
        var line = new StringBuilder(text.Length);
        foreach (var c in text) line.Append(char.IsControl(c) ? ' ' : c);
        return ForeignText.Cut(line.ToString());
    }
}
