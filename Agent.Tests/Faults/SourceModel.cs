using System.Globalization;
using System.Text;

namespace Sealtail.Tests.Faults;

/// <summary>
/// kube-apiserver's log as it is written, rotated, compressed, deleted and meddled with, on a real disk; and beside it every byte that was ever written.
/// </summary>
internal sealed class SourceModel(string folder) : IDisposable
{
    private static readonly string Common = new string('x', 1200) + "\n";

    private readonly List<SourceFile> backups = []; // that have a name, oldest name first
    private SourceFile? live;
    private SourceFile? writtenTo;
    private FileStream? writer;
    private bool isAppending;
    private DateTime now = new(2026, 11, 22, 9, 0, 0, DateTimeKind.Utc);
    private SourceFile? lateTarget;
    private int lines;

    public string Live { get; } = Path.Combine(folder, "audit.log");

    /// <summary>Every file that ever was, in the order of creation.</summary>
    public List<SourceFile> Files { get; } = [];

    private IEnumerable<SourceFile> Linked => live is null ? backups : backups.Append(live);

    public void Act(TailOp op)
    {
        switch (op.Act)
        {
            case TailAct.Write: Write(Line(op.Size)); break;
            case TailAct.WriteMany: Write(string.Concat(Enumerable.Range(0, op.Size % 40).Select(Line))); break;
            case TailAct.WritePartial: Write(Line(op.Size)[..^1]); break;
            case TailAct.EqualBeginning: BeginAsOthers(); break;
            case TailAct.Rotate: Rotate(); break;
            case TailAct.RotateTwice: Rotate(); Write(Line(op.Size)); Rotate(); break;
            case TailAct.Compress: Compress(); break;
            case TailAct.DeleteOldest: DeleteOldest(); break;
            case TailAct.StepClock: now += TimeSpan.FromMilliseconds((op.Size - 32) * 2); break;
            case TailAct.CopyTruncate: CopyTruncate(); break;
            case TailAct.Truncate: Truncate(op.Size); break;
            case TailAct.Replace: Replace(op.Size); break;
            case TailAct.ReuseInode: UnlinkLive(); Reopen(); Write(Line(op.Size)); break;
            case TailAct.UnlinkLive: UnlinkLive(); break;
            case TailAct.LateWrite: WriteLate(op.Size); break;
            default: throw new ArgumentOutOfRangeException(nameof(op));
        }
    }

    /// <summary>The reader looked around with all of its permissions: it holds what has a name.</summary>
    public void Looked()
    {
        foreach (var file in Linked) file.IsHeld = true;
    }

    /// <summary>The reader's process is gone, and its descriptors with it.</summary>
    /// <param name="remembers">Whether anything is recorded that a next one goes on from; if not, what is gone now is not missed.</param>
    public void ReaderGone(bool remembers)
    {
        foreach (var file in Files)
        {
            file.IsHeld = false;
            if (!file.IsLinked) file.Now.MayLose = true;
            if (remembers) continue;
            foreach (var content in file.Contents.Where(content => content.MayLose)) content.IsTraceless = true;
        }
    }

    private void Write(string text)
    {
        if (text.Length == 0) return;
        if (writer is null) Reopen();
        if (isAppending) writer!.Seek(0, SeekOrigin.End); // Reopen made it
        var at = (int)writer!.Position;
        writer.Write(Encoding.ASCII.GetBytes(text));
        var content = writtenTo!.Now; // set with the writer
        content.Text = content.Text.PadRight(at, '\0')[..at] + text; // not appending, after a truncation: NULs up to where the writer is
    }

    /// <summary>The rotator: close, rename, create.</summary>
    public void Rotate()
    {
        writer?.Dispose();
        lateTarget = null;
        if (live is { } old)
        {
            var backup = Path.Combine(folder, $"audit-{now.ToString("yyyy-MM-dd'T'HH-mm-ss.fff", CultureInfo.InvariantCulture)}.log");
            now += TimeSpan.FromMilliseconds(1);
            foreach (var same in backups.Where(other => other.Path == backup || other.Path == backup + ".gz").ToArray())
            {
                File.Delete(same.Path);
                Unlinked(same, traceless: true);
            }

            File.Move(Live, backup, overwrite: true);
            old.Path = backup;
            backups.Add(old);
            backups.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
            lateTarget = old;
        }

        Create(appending: false);
    }

    public void Dispose() => writer?.Dispose();

    private string Line(int size) => $"{lines++:D6}{new string((char)('a' + (lines % 26)), size)}\n";

    // As a restarted apiserver does: append to what is there.
    private void Reopen()
    {
        writer?.Dispose();
        if (live is null)
        {
            Create(appending: true);
            return;
        }

        (writtenTo, isAppending) = (live, true);
        writer = Open(FileMode.Open);
    }

    private void Create(bool appending)
    {
        writer = Open(FileMode.Create);
        live = writtenTo = new SourceFile { Path = Live };
        isAppending = appending;
        Files.Add(live);
    }

    private FileStream Open(FileMode mode) =>
        new(Live, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });

    private void BeginAsOthers()
    {
        if (live is not { Now.Text: "" }) Rotate();
        Write(Common);
        writtenTo!.Now.BeginsAsOthers = true; // written to just now
    }

    private void Compress()
    {
        foreach (var file in backups.Where(file => !file.Path.EndsWith(".gz", StringComparison.Ordinal)))
        {
            LumberjackWriter.Compress(file.Path);
            file.Path += ".gz";
            if (file == lateTarget) lateTarget = null;
        }
    }

    private void DeleteOldest()
    {
        if (backups is not [var oldest, ..]) return;
        File.Delete(oldest.Path);
        // Names in the order of creation prove the succession; after a clock stepped back they do not.
        var isInOrder = Files.TakeWhile(file => file != oldest).All(earlier => string.CompareOrdinal(Stem(earlier), Stem(oldest)) < 0);
        Unlinked(oldest, traceless: !isInOrder);
    }

    private void CopyTruncate()
    {
        if (live is null) return;
        File.Copy(Live, Live + ".1", overwrite: true);
        TruncateTo(0);
    }

    private void Truncate(int size)
    {
        if (live is { } file) TruncateTo(file.Now.Text.Length * size / 64);
    }

    private void TruncateTo(int length)
    {
        var file = live!; // callers checked
        if (length == file.Now.Text.Length) return;
        using (var stream = Open(FileMode.Open)) stream.SetLength(length);
        var old = file.Now;
        old.MayLose = true;
        file.Contents.Add(new Content { Text = old.Text[..length], BeginsAsOthers = old.BeginsAsOthers });
        old.Next = file.Now;
    }

    private void Replace(int size)
    {
        if (live is null) return;
        var other = Path.Combine(folder, "other");
        var text = Line(size);
        File.WriteAllText(other, text);
        File.Move(other, Live, overwrite: true);
        Unlinked(live, traceless: true);
        live = new SourceFile { Path = Live };
        live.Now.Text = text;
        Files.Add(live);
        Reopen();
    }

    private void UnlinkLive()
    {
        if (live is null) return;
        File.Delete(Live);
        Unlinked(live, traceless: true);
        live = null;
    }

    private void WriteLate(int size)
    {
        if (lateTarget is not { IsLinked: true } target) return;
        var text = Line(size);
        File.AppendAllText(target.Path, text);
        target.Now.LateFrom ??= target.Now.Text.Length;
        target.Now.Text += text;
    }

    private void Unlinked(SourceFile file, bool traceless)
    {
        file.IsLinked = false;
        backups.Remove(file);
        if (lateTarget == file) lateTarget = null;
        file.Now.IsTraceless |= traceless;
        file.Now.MayLose |= !file.IsHeld || file.Now.LateFrom is not null;
    }

    private static string Stem(SourceFile file) => Path.GetFileName(file.Path).Replace(".gz", "", StringComparison.Ordinal);
}
