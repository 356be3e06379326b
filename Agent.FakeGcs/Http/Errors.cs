using System.Security;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Http;

/// <summary>Refusals on the wire: JSON, but XML to those who asked the XML way.</summary>
internal static class Errors
{
    public static Reply Render(Exchange exchange, GcsException refusal)
    {
        var reply = exchange.Route.IsXml ? Xml(refusal) : Reply.Json(refusal.ToJson(), refusal.Status);
        return refusal.Status == 401 ? reply.With("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"") : reply;
    }

    private static Reply Xml(GcsException refusal)
    {
        var code = refusal.Status switch
        {
            401 => "AuthenticationRequired",
            403 => "AccessDenied",
            404 => refusal.Message.StartsWith("The specified bucket", StringComparison.Ordinal) ? "NoSuchBucket" : "NoSuchKey",
            412 => "PreconditionFailed",
            416 => "InvalidRange",
            _ => "InvalidArgument",
        };
        return Reply.Plain(
            $"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{SecurityElement.Escape(refusal.Message)}</Message></Error>",
            "application/xml; charset=UTF-8",
            refusal.Status);
    }
}
