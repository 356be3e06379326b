namespace Sealtail.Tests.Support;

/// <summary>A new directory, removed with all it holds at the end.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder(string name = "tail") => Path = Directory.CreateTempSubdirectory($"sealtail-{name}-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
