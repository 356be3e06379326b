namespace Sealtail.Tests.FakeGcs;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fakegcs-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
