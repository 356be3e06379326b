using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sealtail.Files;

/// <summary>What a path is, without following a link in its last part.</summary>
internal static partial class FileKind
{
    private const int WorkingDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint TypeOnly = 0x1;
    private const int ModeOffset = 28; // statx.stx_mode, linux/stat.h
    private const int NoEntry = 2;
    private const ushort TypeMask = 0xF000;
    private const ushort Regular = 0x8000;

    /// <exception cref="FileNotFoundException">There is nothing at the path.</exception>
    public static bool IsRegular(string path)
    {
        var buffer = new StatxBuffer();
        if (Statx(WorkingDirectory, path, NoFollow, TypeOnly, ref buffer[0]) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw error == NoEntry
                ? new FileNotFoundException($"{path} does not exist.", path)
                : new IOException($"Cannot look at {path}: {new Win32Exception(error).Message}", error);
        }

        return (BitConverter.ToUInt16(buffer[ModeOffset..]) & TypeMask) == Regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte buffer);

    [InlineArray(256)]
    private struct StatxBuffer
    {
        private byte first;
    }
}
