using System.Text;
using Sealtail.Format;

namespace Sealtail.Hosting;

/// <summary>What tells two machines, and two boots, apart in an epoch's start. The machine's id is hashed: it is nobody's business.</summary>
internal static class HostIdentityReader
{
    public static HostIdentity Read() => new(
        Digest.Of(Encoding.UTF8.GetBytes(ReadLine("/etc/machine-id"))).ToString(),
        ReadLine("/proc/sys/kernel/random/boot_id"));

    // A container may have neither: they inform, nothing depends on them.
    private static string ReadLine(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "";
}
