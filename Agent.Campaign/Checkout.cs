namespace Sealtail.Campaign;

/// <summary>The repository that this was built in.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    /// <summary>The program, built beside this one in the same configuration: in this one's own folder it would lack what ASP.NET Core brings along.</summary>
    public static string Agent { get; } = Path.Combine(Root, "Agent", "bin", Directory.GetParent(AppContext.BaseDirectory.TrimEnd('/'))!.Name, "net10.0", "sealtail.dll"); // …/bin/Release/net10.0/

    /// <summary>The published program, as the tests know it too; null: <see cref="Agent"/>.</summary>
    public static string? Published { get; } = Environment.GetEnvironmentVariable("SEALTAIL_PROGRAM") is { Length: > 0 } path ? Path.GetFullPath(path, Root) : null;

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "Sealtail.slnx")))
                return directory.FullName;
        throw new DirectoryNotFoundException("The campaign runs from within the repository.");
    }
}
