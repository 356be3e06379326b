namespace Sealtail.Spooling;

/// <summary>The single-writer lock of a state directory: an exclusive flock on its file <c>lock</c>, gone with the process.</summary>
internal sealed class SpoolLock : IDisposable
{
    private const string Name = "lock";
    private const int WouldBlock = 11;

    private readonly FileStream file;

    private SpoolLock(FileStream file) => this.file = file;

    /// <exception cref="SpoolException">Another process, or another spool of this one, holds it.</exception>
    public static SpoolLock Take(string directory)
    {
        try
        {
            return new SpoolLock(new FileStream(Path.Combine(directory, Name), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                BufferSize = 0,
            }));
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new SpoolException(SpoolFault.InUse, $"Another sealtail works in {directory}. Stop it, or give this one another state directory.", e);
        }
    }

    public void Dispose() => file.Dispose();
}
