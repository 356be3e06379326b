namespace Sealtail.Benchmarks;

/// <summary>A folder for one benchmark: the one asked for, or a temporary one that goes with it.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly bool isTemporary;

    public Workspace(Options options)
    {
        isTemporary = options.Value("folder") is null;
        Path = options.Value("folder") ?? Directory.CreateTempSubdirectory("sealtail-bench-").FullName;
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>A configuration of a log folder, with state and bucket of its own.</summary>
    public string Configure(string name, string logFolder)
    {
        var file = this[$"{name}.yaml"];
        File.WriteAllText(file, $$"""
            service: { cluster: bench, node: cp-1, state: {{this[$"{name}-state"]}}, allow_volatile_state: true, log: { level: warn, format: text } }
            inputs: [ { name: audit, path: {{logFolder}}/audit.log } ]
            spool: { max_size: 16GiB, min_free: 1GiB }
            output: { bucket: "file://{{this[$"{name}-bucket"]}}" }
            """);
        return file;
    }

    public void Dispose()
    {
        if (isTemporary) Directory.Delete(Path, recursive: true);
    }
}
