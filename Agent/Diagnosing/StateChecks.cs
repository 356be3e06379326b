using System.Globalization;
using Sealtail.Chaining;
using Sealtail.Configuration;
using Sealtail.Spooling;

namespace Sealtail.Diagnosing;

/// <summary>Where the agent keeps what is not shipped yet, its key, and what the node gives it.</summary>
internal static class StateChecks
{
    private const double NearlyFull = 0.1;
    private const double Tight = 0.2;

    public static IEnumerable<Diagnosis> Of(Node node, SealtailConfiguration configuration)
    {
        yield return Disk(node, configuration.StateDirectory);
        yield return Room(node, "the state directory", configuration.StateDirectory);
        foreach (var directory in configuration.Inputs.Select(input => Path.GetDirectoryName(input.Tail.Path)!).Distinct()) yield return Room(node, "the log", directory); // a file has a directory
        yield return Key(node, configuration);
        yield return node.IsClockSynchronised() switch
        {
            true => Diagnosis.Good(CheckId.Clock, "The clock is synchronised."),
            false => Diagnosis.Warning(CheckId.Clock, "The kernel says that nothing keeps the clock. Manifests carry its times, and verification compares them with the store's.", "Run chrony or systemd-timesyncd."),
            null => Diagnosis.Unknown(CheckId.Clock, "The kernel does not say whether the clock is synchronised."),
        };
    }

    private static Diagnosis Disk(Node node, string directory)
    {
        if (node.TryRead("/proc/self/mountinfo") is not { } mounts || new MountTable(mounts).FileSystemOf(node.PathOf(directory)) is not { } kind)
            return Diagnosis.Unknown(CheckId.StateDisk, $"On what file system {directory} lies is not to be seen from here.");
        return StateDirectory.Forgets(kind)
            ? Diagnosis.Problem(CheckId.StateDisk, $"{directory} lies on {kind}, which forgets: with the machine or container go the position, what was not shipped, and the key.", "Put service.state on a disk; in Kubernetes use a hostPath.")
            : Diagnosis.Good(CheckId.StateDisk, $"{directory} lies on {kind}.");
    }

    private static Diagnosis Room(Node node, string what, string directory)
    {
        var existing = directory;
        while (!Directory.Exists(node.PathOf(existing)) && Path.GetDirectoryName(existing) is { } parent) existing = parent;
        var room = node.RoomOf(node.PathOf(existing));
        var share = room.Total == 0 ? 0 : (double)room.Free / room.Total;
        var message = string.Create(CultureInfo.InvariantCulture, $"The disk of {what} ({directory}) has {room.Free / (double)(1L << 30):0.0} GiB free, {share:P0}.");
        return share < NearlyFull ? Diagnosis.Problem(CheckId.DiskSpace, message, "Make room: below a tenth reading waits, and no deleted file is held any more.")
            : share < Tight ? Diagnosis.Warning(CheckId.DiskSpace, message, "Make room before it falls below a tenth, where reading waits.")
            : Diagnosis.Good(CheckId.DiskSpace, message);
    }

    private static Diagnosis Key(Node node, SealtailConfiguration configuration)
    {
        var chain = configuration.Inputs[0].Chain; // one key for all
        var path = node.PathOf(chain.KeyPath);
        if (!File.Exists(path))
        {
            return chain.GenerateKey
                ? Diagnosis.Good(CheckId.SigningKey, $"{chain.KeyPath} will be made at the first start.")
                : Diagnosis.Problem(CheckId.SigningKey, $"The signing key {chain.KeyPath} does not exist, and signing.generate is false.", $"Hand it out, or make one: sealtail keygen --out {chain.KeyPath}");
        }

        try
        {
            using var key = SigningKey.Load(path);
            // The mark of the kubelet's atomic writer: the file comes out of a Secret, which every node of the cluster gets.
            return Directory.Exists(Path.Join(Path.GetDirectoryName(path), "..data"))
                ? Diagnosis.Warning(CheckId.SigningKey, $"The signing key {chain.KeyPath} comes from a Kubernetes Secret: whoever takes it from one node, or reads the Secret, can sign for all of them.", "Let each node make its own key (leave signingKey.existingSecret empty).")
                : Diagnosis.Good(CheckId.SigningKey, $"{chain.KeyPath} can be used, key id {key.Public.KeyId}.");
        }
        catch (SigningKeyException e)
        {
            return Diagnosis.Problem(CheckId.SigningKey, e.Message, "The agent does not start with it.");
        }
    }
}
