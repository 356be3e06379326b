using Sealtail.Buckets;
using Sealtail.Format;

namespace Sealtail.Posture;

/// <summary>The same attempts on a directory, as this user: it shows what the file system enforces, which is little.</summary>
internal sealed class DirectoryDrill(DirectoryBucket bucket, string directory, TimeProvider time)
{
    private readonly List<DrillAttempt> attempts = [];

    public async Task<DrillReport> RunAsync(bool asAgent, CancellationToken cancellationToken)
    {
        var begun = time.GetUtcNow();
        var name = DrillName.Of(begun, Guid.NewGuid());
        var text = System.Text.Encoding.UTF8.GetBytes(DrillName.Marking(begun, "This file was made to see whether it can be changed."));
        var path = Path.Combine(directory, name);
        try
        {
            await bucket.CreateAsync(new Upload(name, "application/json", text.Length, Crc32C.Of(text).Value, () => new MemoryStream(text)), cancellationToken);
            Note("create a marked object", DrillOutcome.Held, "created; a directory names no time until which it is kept");
            Try("overwrite it", () => File.WriteAllText(path, "overwritten"));
            Try("make it writable", () => File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Try("rename another file over it", () => Replace(path));
            Try("delete it", () => File.Delete(path));
            Note("shorten or remove the retention", DrillOutcome.NotTried, "a directory has none");
        }
        catch (BucketException e)
        {
            Note("create a marked object", DrillOutcome.Unknown, e.Message);
        }

        return new DrillReport { Bucket = bucket.Location, ObjectName = name, AsAgent = asAgent, Begun = begun, Attempts = attempts };
    }

    private static void Replace(string path)
    {
        var other = path + ".other";
        File.WriteAllText(other, "other");
        try
        {
            File.Move(other, path, overwrite: true);
        }
        finally
        {
            File.Delete(other);
        }
    }

    private void Try(string action, Action attempt)
    {
        try
        {
            attempt();
            Note(action, DrillOutcome.Broken, "the file system let this user do it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Note(action, DrillOutcome.Held, e.Message);
        }
    }

    private void Note(string action, DrillOutcome outcome, string answer) => attempts.Add(new DrillAttempt(action, outcome, null, answer, time.GetUtcNow()));
}
