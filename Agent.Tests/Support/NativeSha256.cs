using System.Diagnostics;
using System.Runtime.InteropServices;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Support;

/// <summary>What is linked into the published program, as a library for the tests' own process.</summary>
internal static class NativeSha256
{
    private static readonly Lazy<string?> Missing = new(Load); // why; null: it is there

    /// <summary>Ends the test as ignored where the processor's instructions, or (but on CI) a C compiler, are missing.</summary>
    public static void Require()
    {
        if (Missing.Value is not { } why) return;
        if (Sha256Native.HasInstructions && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(why);
        Assert.Ignore(why);
    }

    private static string? Load()
    {
        if (!Sha256Native.HasInstructions) return "This processor has no SHA instructions.";
        var path = Path.Combine(Directory.CreateTempSubdirectory("sealtail-sha256-").FullName, "sha256.so");
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (Array.Find(["cc", "gcc", "clang"], name => folders.Any(folder => File.Exists(Path.Combine(folder, name)))) is not { } compiler) return "There is no C compiler.";
        var source = Path.Combine(Repository.Root, "Agent", "Format", "sha256.c");
        using (var process = Process.Start(compiler, ["-std=c11", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror", source, "-o", path]))
        {
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{compiler} could not compile {source}.");
        }

        var library = NativeLibrary.Load(path);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true); // it has one
        NativeLibrary.SetDllImportResolver(typeof(Sha256Native).Assembly, (name, _, _) => name == Sha256Native.Library ? library : 0);
        return null;
    }
}
