using System.Diagnostics;
using System.Runtime.InteropServices;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Support;

/// <summary>What is linked into the published program, as a library for the tests' own process.</summary>
internal static class NativeSha256
{
    private static readonly Lazy<string?> Missing = new(Load); // why; null: it is there

    /// <summary>Ends the test as ignored where the processor, or a C compiler, is missing.</summary>
    public static void Require()
    {
        if (Missing.Value is { } why) Assert.Ignore(why);
    }

    private static string? Load()
    {
        if (!Sha256Native.HasInstructions) return "This processor has no SHA instructions.";
        var path = Path.Combine(Directory.CreateTempSubdirectory("sealtail-sha256-").FullName, "sha256.so");
        try
        {
            var source = Path.Combine(Repository.Root, "Agent", "Format", "sha256.c");
            using var compiler = Process.Start("cc", ["-std=c11", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror", source, "-o", path]);
            compiler.WaitForExit();
            if (compiler.ExitCode != 0) throw new InvalidOperationException($"cc could not compile {source}.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "There is no C compiler.";
        }

        var library = NativeLibrary.Load(path);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true); // it has one
        NativeLibrary.SetDllImportResolver(typeof(Sha256Native).Assembly, (name, _, _) => name == Sha256Native.Library ? library : 0);
        return null;
    }
}
