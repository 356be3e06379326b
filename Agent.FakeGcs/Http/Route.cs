using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Http;

/// <summary>
/// A request's method and path, understood. Works on the raw target, since Kestrel's decoded path can no longer tell <c>a%2Fb</c> from <c>a/b</c>
/// and folds away dot segments that are part of object names.
/// </summary>
internal sealed record Route(GcsCall Call, string? Bucket = null, string? Name = null, string? Argument = null, bool IsXml = false)
{
    public static Route Parse(string method, string rawTarget)
    {
        var path = rawTarget.AsSpan(0, rawTarget.IndexOf('?') is >= 0 and var query ? query : rawTarget.Length).ToString();
        var segments = path.Split('/')[1..].Select(Uri.UnescapeDataString).ToArray();
        return segments switch
        {
            ["storage", "v1", "b", .. var rest] => Storage(method, rest),
            ["upload", "storage", "v1", "b", var bucket, "o"] => Upload(method, bucket),
            ["resumable", "upload", "storage", "v1", "b", var bucket, "o"] => Upload(method, bucket),
            ["download", "storage", "v1", "b", var bucket, "o", var name] => new(GcsCall.ObjectDownload, bucket, name),
            ["token"] when method == "POST" => new(GcsCall.Token),
            ["v1", "token"] when method == "POST" => new(GcsCall.SecurityToken),
            ["v1", "projects", "-", "serviceAccounts", var account] when account.EndsWith(":generateAccessToken", StringComparison.Ordinal) =>
                new(GcsCall.ImpersonatedToken, Argument: account[..account.IndexOf(':')]),
            ["v1", "projects", var project] when method == "POST" && project.EndsWith(":getIamPolicy", StringComparison.Ordinal) =>
                new(GcsCall.ProjectGetIamPolicy, Argument: project[..project.IndexOf(':')]),
            ["computeMetadata", "v1", .. var rest] => new(GcsCall.Metadata, Argument: string.Join('/', rest)),
            [""] => new(GcsCall.Metadata, Argument: ""),
            ["__emulator", var what] => new(GcsCall.Emulator, Argument: what),
            ["batch", ..] => new(GcsCall.Unimplemented, Argument: "batch requests"),
            [var bucket, var first, .. var more] when method is "GET" or "HEAD" =>
                new(GcsCall.ObjectDownload, bucket, string.Join('/', [first, .. more]), IsXml: true),
            [_, ..] when method is "PUT" or "POST" or "DELETE" => new(GcsCall.Unimplemented, Argument: "writing by the XML API"),
            _ => new(GcsCall.Unknown),
        };
    }

    private static Route Storage(string method, string[] rest) => (method, rest) switch
    {
        ("POST", []) => new(GcsCall.BucketInsert),
        ("GET", []) => new(GcsCall.BucketList),
        ("GET", [var bucket]) => new(GcsCall.BucketGet, bucket),
        ("PATCH", [var bucket]) => new(GcsCall.BucketPatch, bucket),
        ("PUT", [var bucket]) => new(GcsCall.BucketUpdate, bucket),
        ("DELETE", [var bucket]) => new(GcsCall.BucketDelete, bucket),
        ("POST", [var bucket, "lockRetentionPolicy"]) => new(GcsCall.BucketLock, bucket),
        ("GET", [var bucket, "iam"]) => new(GcsCall.BucketGetIamPolicy, bucket),
        ("GET", [var bucket, "iam", "testPermissions"]) => new(GcsCall.BucketTestPermissions, bucket),
        ("GET", [var bucket, "o"]) => new(GcsCall.ObjectList, bucket),
        ("GET", [var bucket, "o", var name]) => new(GcsCall.ObjectGet, bucket, name),
        ("PATCH", [var bucket, "o", var name]) => new(GcsCall.ObjectPatch, bucket, name),
        ("PUT", [var bucket, "o", var name]) => new(GcsCall.ObjectUpdate, bucket, name),
        ("DELETE", [var bucket, "o", var name]) => new(GcsCall.ObjectDelete, bucket, name),
        ("POST", [var bucket, "o", var name, "compose"]) => new(GcsCall.ObjectCompose, bucket, name),
        ("POST", [_, "o", _, "rewriteTo", "b", var bucket, "o", var name]) => new(GcsCall.ObjectRewrite, bucket, name),
        ("POST", [_, "o", _, "copyTo", "b", var bucket, "o", var name]) => new(GcsCall.ObjectCopy, bucket, name),
        ("POST", [var bucket, "o", var source, "moveTo", "o", var name]) => new(GcsCall.ObjectMove, bucket, name, source),
        (_, [_, "iam" or "acl" or "defaultObjectAcl" or "notificationConfigs" or "anywhereCaches" or "folders" or "managedFolders", ..]) =>
            new(GcsCall.Unimplemented, Argument: $"/b/…/{rest[1]}"),
        (_, [_, "o", ..]) => new(GcsCall.Unimplemented, Argument: $"{method} on this part of an object"),
        _ => new(GcsCall.Unknown),
    };

    private static Route Upload(string method, string bucket) => method switch
    {
        "POST" => new(GcsCall.ObjectInsert, bucket),
        "PUT" => new(GcsCall.UploadChunk, bucket),
        "DELETE" => new(GcsCall.UploadCancel, bucket),
        _ => new(GcsCall.Unknown),
    };
}
