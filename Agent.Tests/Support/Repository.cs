using NUnit.Framework;

namespace Sealtail.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "Sealtail.slnx")))
                return directory.FullName;

        throw new DirectoryNotFoundException($"No Sealtail.slnx above {TestContext.CurrentContext.TestDirectory}: these tests run inside the repository.");
    }
}
