using System.Buffers.Binary;
using System.Globalization;
using Sealtail.Files;
using Sealtail.Tailing;

namespace Sealtail.Diagnosing;

/// <summary>How long the agent may be down before kube-apiserver deletes a backup that was not read, at the rate that the backups show.</summary>
internal static class RotationChecks
{
    private const long Megabyte = 1 << 20;
    private const int DefaultMegabytes = 100;
    private const int FewBackups = 5;
    private static readonly TimeSpan Comfortable = TimeSpan.FromHours(24);
    private static readonly TimeSpan Short = TimeSpan.FromHours(1);

    public static IEnumerable<Diagnosis> Of(Node node, string path, ApiServer? server)
    {
        if (server?.AuditLogPath is null)
        {
            yield return Diagnosis.Unknown(CheckId.RotationSize, "kube-apiserver's rotation settings are not known here.");
            yield break;
        }

        var size = server.Number("audit-log-maxsize");
        yield return Size(server, size);
        yield return Backups(node, path, server, (size is null or 0 ? DefaultMegabytes : size.Value) * Megabyte);
    }

    private static Diagnosis Size(ApiServer server, int? size) => (size, server.Minor) switch
    {
        (0, >= 36) => Diagnosis.Problem(CheckId.RotationSize, "--audit-log-maxsize=0 means no rotation from Kubernetes 1.36 on: the log grows until the disk is full.", "Set --audit-log-maxsize=100."),
        (0, _) => Diagnosis.Warning(CheckId.RotationSize, "--audit-log-maxsize=0 means 100 MB up to Kubernetes 1.35, and no rotation at all from 1.36 on.", "Set --audit-log-maxsize=100 before the upgrade."),
        _ => Diagnosis.Good(CheckId.RotationSize, $"The log is rotated at {size ?? DefaultMegabytes} MB."),
    };

    private static Diagnosis Backups(Node node, string path, ApiServer server, long size)
    {
        // Up to 1.35 nothing is deleted by default; since then a hundred backups stay, for a year.
        var backups = server.Number("audit-log-maxbackup") ?? (server.Minor >= 36 ? 100 : 0);
        var age = server.Number("audit-log-maxage") ?? (server.Minor >= 36 ? 366 : 0);
        if (backups == 0 && age == 0)
            return Diagnosis.Warning(CheckId.RotationBackups, "Backups are never deleted: the log fills the disk in the end.", "Set --audit-log-maxbackup (10 or more), see docs/kube-apiserver.md.");
        if (backups is > 0 and < FewBackups)
            return Diagnosis.Problem(CheckId.RotationBackups, $"--audit-log-maxbackup={backups}: a burst can rotate a file away between two looks of the agent.", "Keep ten backups or more.");
        if (BytesPerSecond(node, path) is not { } rate)
            return Diagnosis.Good(CheckId.RotationBackups, $"{Count(backups)} backups are kept. Nothing was rotated yet, so how long they last cannot be said.");
        var lasting = backups == 0 ? TimeSpan.FromDays(age) : TimeSpan.FromSeconds(Math.Min(backups * size / rate, TimeSpan.FromDays(age == 0 ? 36500 : age).TotalSeconds));
        var message = string.Create(CultureInfo.InvariantCulture, $"{Count(backups)} backups of {size / Megabyte} MB cover {Print(lasting)} of the agent's downtime at the {rate / 1024:0.#} KiB/s that were written lately.");
        return lasting < Short ? Diagnosis.Problem(CheckId.RotationBackups, message, Remedy(rate, size))
            : lasting < Comfortable ? Diagnosis.Warning(CheckId.RotationBackups, message, Remedy(rate, size))
            : Diagnosis.Good(CheckId.RotationBackups, message);
    }

    private static string Remedy(double rate, long size) =>
        string.Create(CultureInfo.InvariantCulture, $"For a day set --audit-log-maxbackup={Math.Ceiling(rate * Comfortable.TotalSeconds / size):0}, if the disk has {rate * Comfortable.TotalSeconds / (1L << 30):0.#} GiB for it; or write less (docs/kube-apiserver.md).");

    // A backup's name is the time at which it was closed: all but the oldest were written since then.
    private static double? BytesPerSecond(Node node, string path)
    {
        var names = new BackupNames(node.PathOf(path));
        if (DirectoryListing.Take(node.PathOf(path), names, out _) is not { Backups: [var oldest, ..] } listing) return null;
        var since = DateTimeOffset.ParseExact(oldest.Stem, "yyyy-MM-dd'T'HH-mm-ss.fff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var seconds = (node.Time.GetUtcNow() - since).TotalSeconds;
        var bytes = listing.Backups.Skip(1).Sum(PlainSize) + (listing.Live?.Size ?? 0);
        return seconds > 1 && bytes > 0 ? bytes / seconds : null;
    }

    // gzip's trailer has the plain size modulo 4 GiB, which a log file stays below.
    private static long PlainSize(Backup backup)
    {
        if (!backup.Compressed || LibC.TryOpen(backup.Path, out var file) != FileAccessOutcome.Done) return backup.Facts.Size;
        using (file)
        {
            Span<byte> trailer = stackalloc byte[sizeof(uint)];
            var read = RandomAccess.Read(file!, trailer, Math.Max(0, backup.Facts.Size - sizeof(uint))); // Done: it is open
            return read == sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(trailer) : backup.Facts.Size;
        }
    }

    private static string Count(int backups) => backups == 0 ? "All" : backups.ToString(CultureInfo.InvariantCulture);

    private static string Print(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} minutes"),
    };
}
