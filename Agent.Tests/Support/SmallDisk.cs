using System.Diagnostics;

namespace Sealtail.Tests.Support;

/// <summary>A small file system in memory, mounted for one test, that can be filled up and freed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TempFolder folder = new("disk");

    private SmallDisk()
    {
    }

    public string Path => folder.Path;

    /// <summary>Null where mounting is not permitted.</summary>
    public static SmallDisk? TryMount(string options)
    {
        var disk = new SmallDisk();
        if (Environment.IsPrivilegedProcess && Call("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.Path)) return disk;
        disk.folder.Dispose();
        return null;
    }

    /// <summary>Takes every inode and every byte that is left.</summary>
    public void Fill()
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "ballast"));
        try
        {
            for (var i = 0; i < 4096; i++) File.WriteAllBytes(Ballast($"{i}"), i == 0 ? [] : new byte[i % 2 == 0 ? 4096 : 65536]);
        }
        catch (IOException)
        {
            // full
        }

        for (var size = 65536; size > 0; size /= 2)
        {
            try
            {
                while (true) File.AppendAllBytes(Ballast("0"), new byte[size]);
            }
            catch (IOException)
            {
                // full for writes of that size
            }
        }
    }

    public void Free() => Directory.Delete(System.IO.Path.Combine(Path, "ballast"), recursive: true);

    public void Dispose()
    {
        Call("umount", "-l", Path);
        folder.Dispose();
    }

    private string Ballast(string name) => System.IO.Path.Combine(Path, "ballast", name);

    private static bool Call(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!; // a new process, as it uses no shell
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
