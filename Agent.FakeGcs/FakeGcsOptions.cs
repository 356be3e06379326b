using System.Net;
using Sealtail.FakeGcs.Identity;
using Sealtail.FakeGcs.Storage;

namespace Sealtail.FakeGcs;

/// <summary>How a stand-in behaves. The defaults suit a test: loopback, any free port, bytes in memory, nobody needs a credential.</summary>
internal sealed record FakeGcsOptions
{
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes any free port, so that tests run side by side.</summary>
    public int Port { get; init; }

    public string Project { get; init; } = "fake-project";

    public Retain Retain { get; init; } = Retain.Memory;

    /// <summary>Where <see cref="Retain.Disk"/> keeps bytes, in a subfolder of its own that is removed on disposal. Default: the temporary folder.</summary>
    public string? Folder { get; init; }

    /// <summary>GCS gives every object an MD5. Benchmarks that share the machine may leave the cost out; objects then have none, like composite ones.</summary>
    public bool Md5 { get; init; } = true;

    /// <summary>What a request without credentials may do. Empty: such a request gets 401.</summary>
    public IReadOnlySet<string> AnonymousPermissions { get; init; } = Permissions.All;

    public ExistingNameAnswer ExistingName { get; init; } = ExistingNameAnswer.PreconditionFailed;

    /// <summary>Requests kept in the journal; the oldest are forgotten first.</summary>
    public int JournalCapacity { get; init; } = 100_000;

    /// <summary>Seeds the dice of faults with a probability.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The clock that stalls and drips wait by, where it differs from the store's: a frozen store still drips in real time.</summary>
    public TimeProvider? FaultTime { get; init; }
}
