using Microsoft.Win32.SafeHandles;
using Sealtail.Files;

namespace Sealtail.Tailing;

/// <summary>Descriptors opened when files were first seen, for whoever comes to need them: by then their names may lead elsewhere. It owns them.</summary>
internal sealed class OpenedFiles : IDisposable
{
    private readonly Dictionary<FileIdentity, SafeFileHandle> handles = [];

    public int Count => handles.Count;

    public void Add(FileIdentity identity, SafeFileHandle handle)
    {
        if (!handles.TryAdd(identity, handle)) handle.Dispose();
    }

    /// <summary>Lends the file's descriptor; null if there is none.</summary>
    public SafeFileHandle? Find(FileIdentity identity) => handles.GetValueOrDefault(identity);

    /// <summary>Gives the file's descriptor away. False: it was given away before.</summary>
    public bool Remove(FileIdentity identity) => handles.Remove(identity);

    public void MoveTo(OpenedFiles other)
    {
        foreach (var (identity, handle) in handles) other.Add(identity, handle);
        handles.Clear();
    }

    public void Dispose()
    {
        foreach (var handle in handles.Values) handle.Dispose();
        handles.Clear();
    }
}
