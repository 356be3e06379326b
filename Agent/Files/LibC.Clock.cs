using System.Runtime.InteropServices;

namespace Sealtail.Files;

/// <summary>What the kernel knows of its clock.</summary>
internal static partial class LibC
{
    private const int ClockUnsynchronised = 5; // TIME_ERROR of adjtimex(2)
    private const int TimexSize = 256; // struct timex is 208 bytes

    /// <summary>Whether something (NTP, PTP) keeps the system's clock; null if the kernel does not let this process ask.</summary>
    public static bool? IsClockSynchronised()
    {
        Span<byte> nothingToChange = stackalloc byte[TimexSize];
        nothingToChange.Clear();
        var state = Adjtimex(nothingToChange);
        return state < 0 ? null : state != ClockUnsynchronised;
    }

    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int Adjtimex(Span<byte> timex);
}
