namespace Sealtail.Diagnosing;

/// <summary>How bad a finding is, the least first.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Could not be looked at from here: neither good nor bad.</summary>
    Unknown,

    /// <summary>Works now, and hurts later or weakens a promise.</summary>
    Warning,

    /// <summary>Loses records, or keeps them from being shipped or protected.</summary>
    Problem,
}

/// <param name="Check">One of <see cref="CheckId.All"/>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">What was found, as a sentence.</param>
/// <param name="Remedy">What to do, as a sentence; null if nothing is to be done.</param>
internal sealed record Diagnosis(string Check, Severity Severity, string Message, string? Remedy = null)
{
    public static Diagnosis Good(string check, string message) => new(check, Severity.Good, message);

    public static Diagnosis Unknown(string check, string message, string? remedy = null) => new(check, Severity.Unknown, message, remedy);

    public static Diagnosis Warning(string check, string message, string remedy) => new(check, Severity.Warning, message, remedy);

    public static Diagnosis Problem(string check, string message, string remedy) => new(check, Severity.Problem, message, remedy);
}

/// <summary>What is checked, by the names that people and programs see. docs/doctor.md explains each.</summary>
internal static class CheckId
{
    public const string Log = "log";
    public const string LogMountedAlone = "log-mounted-alone";
    public const string SecondRotator = "second-rotator";
    public const string ApiServer = "apiserver";
    public const string AuditLogPath = "audit-log-path";
    public const string AuditPolicy = "audit-policy";
    public const string AuditFormat = "audit-format";
    public const string AuditMode = "audit-mode";
    public const string RotationSize = "rotation-size";
    public const string RotationBackups = "rotation-backups";
    public const string StateDisk = "state-disk";
    public const string DiskSpace = "disk-space";
    public const string SigningKey = "signing-key";
    public const string Clock = "clock";
    public const string Bucket = "bucket";
    public const string BucketPermissions = "bucket-permissions";
    public const string BucketRetention = "bucket-retention";

    public static IReadOnlyList<string> All { get; } =
    [
        Log, LogMountedAlone, SecondRotator, ApiServer, AuditLogPath, AuditPolicy, AuditFormat, AuditMode, RotationSize, RotationBackups,
        StateDisk, DiskSpace, SigningKey, Clock, Bucket, BucketPermissions, BucketRetention,
    ];

    /// <summary>The check without whose answer the other cannot be made.</summary>
    public static string BasisOf(string check) => check switch
    {
        BucketPermissions or BucketRetention => Bucket,
        RotationBackups => RotationSize,
        _ => ApiServer,
    };
}
