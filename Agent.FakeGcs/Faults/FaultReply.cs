using Sealtail.FakeGcs.Http;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Faults;

/// <summary>The replies of scripted statuses, as Google's back end (JSON) or front end (HTML) would word them.</summary>
internal static class FaultReply
{
    public static Reply Render(FaultRule rule)
    {
        var (reason, message) = Words(rule.Status);
        var error = new GcsException(rule.Status, rule.Reason ?? reason, rule.Message ?? message);
        var reply = rule.Body switch
        {
            FaultBody.Html => Reply.Html(Page(rule.Status, error.Message), rule.Status),
            FaultBody.Empty => Reply.Empty(rule.Status),
            _ => Reply.Json(error.ToJson(), rule.Status),
        };
        return rule.RetryAfter is { } seconds ? reply.With("Retry-After", seconds) : reply;
    }

    private static (string Reason, string Message) Words(int status) => status switch
    {
        401 => ("authError", "Invalid Credentials"),
        403 => ("rateLimitExceeded", "Rate Limit Exceeded"),
        408 => ("uploadBrokenConnection", "Request Timeout"),
        410 => ("gone", "Gone"),
        412 => ("conditionNotMet", "At least one of the pre-conditions you specified did not hold."),
        429 => ("rateLimitExceeded", "The rate of requests exceeded the limit. Please reduce your request rate."),
        500 => ("internalError", "We encountered an internal error. Please try again."),
        504 => ("gatewayTimeout", "Gateway Timeout"),
        >= 500 => ("backendError", "Service Unavailable. Please try again."),
        _ => ("invalid", "Scripted fault."),
    };

    private static string Page(int status, string message) =>
        $"<!DOCTYPE html><html lang=en><title>Error {status} (Server Error)!!1</title><p><b>{status}.</b> <ins>That’s an error.</ins><p>{message}</html>";
}
