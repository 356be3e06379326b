using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sealtail.Files;

/// <summary>Reading what a person names, which may be anything that has a path.</summary>
internal static unsafe partial class LibC
{
    private const int TryAgain = 11;

    /// <summary>
    /// The whole of a file, or of what a pipe gives until its writers are gone. Waits for nobody who is not there: a pipe without a writer is empty.
    /// </summary>
    /// <param name="path">Links are followed.</param>
    /// <param name="maxBytes">More are an error.</param>
    /// <param name="patience">How long a writer may keep silent; null: only a regular file will do.</param>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">It is larger.</exception>
    /// <exception cref="IOException">It is not there, cannot be read, or is nothing to be read.</exception>
    internal static byte[] ReadInput(string path, long maxBytes, TimeSpan? patience)
    {
        if (TryOpen(path, out var file) != FileAccessOutcome.Done) throw FailedAt("open", path);
        using (file)
        {
            var facts = Stat(file!, path); // Done: it is open
            if (facts.IsRegular && facts.Size > maxBytes) throw new InvalidDataException($"{path} has {facts.Size} bytes; at most {maxBytes} can be right.");
            if (!facts.IsRegular && patience is null) throw new IOException($"{path} is not a regular file.");
            using var bytes = new MemoryStream();
            var buffer = new byte[64 * 1024];
            while (ReadSome(file!, path, buffer, patience ?? TimeSpan.Zero) is > 0 and var count) // Done: it is open
            {
                bytes.Write(buffer, 0, count);
                if (bytes.Length > maxBytes) throw new InvalidDataException($"{path} has more than {maxBytes} bytes, which cannot be right.");
            }

            return bytes.ToArray();
        }
    }

    private static int ReadSome(SafeFileHandle file, string path, Span<byte> buffer, TimeSpan patience)
    {
        while (true)
        {
            var descriptor = Number(file);
            nint read;
            fixed (byte* rest = buffer) read = Read(descriptor, rest, (nuint)buffer.Length);
            if (read >= 0) return (int)read;
            var error = Marshal.GetLastPInvokeError();
            if (error == Interrupted) continue;
            if (error != TryAgain) throw FailedAt("read", path);
            Span<Polled> polled = [new Polled(descriptor, Readable, 0)];
            if (Poll(polled, 1, (int)patience.TotalMilliseconds) == 0) throw new IOException($"{path} is no file, and nothing came out of it for {patience.TotalSeconds:0} s.");
        }
    }
}
