using System.CommandLine;

namespace Sealtail.Commands;

/// <summary><c>sealtail bucket check|create|lock</c>: a Cloud Storage bucket fit for evidence.</summary>
internal static class BucketCommand
{
    public static Command Create()
    {
        var verb = new Verb("bucket", "Checks a Cloud Storage bucket's posture, creates one, or locks its retention policy.")
        {
            Examples =
            [
                ("sealtail bucket check gs://acme-audit --minimum 365d", "see whether the bucket keeps what it should, and who may do what"),
                ("sealtail bucket lock gs://acme-audit", "lock the retention policy for ever, after typing the bucket's name"),
            ],
        };
        verb.Add(BucketCheckCommand.Create());
        verb.Add(BucketCreateCommand.Create());
        verb.Add(BucketLockCommand.Create());
        return verb;
    }
}
