using Sealtail.Configuration;
using Sealtail.Format;
using Sealtail.Tampering;

namespace Sealtail.Commands;

/// <summary>Where the catalogue's buckets are left, a folder a case.</summary>
internal sealed class CaseFolder
{
    private readonly string root;

    /// <exception cref="CommandException">The folder is there already, or cannot be made.</exception>
    public CaseFolder(string path)
    {
        root = Path.GetFullPath(path);
        if (Directory.Exists(root) || File.Exists(root)) throw new CommandException($"--keep {Quoted.Text(path)} is there already: name a new folder.");
        Directory.CreateDirectory(root);
    }

    /// <summary>Writes the case's objects as files. A file system shows no store's times, and cannot hold every name.</summary>
    public void Save(TamperCase item, TamperWorld world)
    {
        var folder = Path.Combine(root, item.Id);
        var bucket = Path.Combine(folder, "bucket");
        Directory.CreateDirectory(bucket);
        var left = world.Bucket.Names.Where(name => !IsFileName(name)).ToArray();
        foreach (var name in world.Bucket.Names.Where(IsFileName))
        {
            var path = Path.Combine(bucket, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // below the folder
            File.WriteAllBytes(path, world.Bucket[name]);
        }

        File.WriteAllLines(Path.Combine(folder, "trust.txt"), world.Trust.Anchors.Select(anchor => $"{anchor.Streams.Text} {Convert.ToBase64String(anchor.Key.Spki)}"));
        File.WriteAllLines(Path.Combine(folder, "README.txt"),
        [
            $"{item.Id}: {item.Does}.",
            $"In the catalogue, where the bucket has a store's clock: {item.Finding?.Id ?? "nothing"} ({item.Severity}), exit code {item.ExitCode} of verify --strict.",
            // The node signs a moment before the store creates.
            $"sealtail verify bucket --trust trust.txt --strict --as-of {Timestamp.Print((world.Options.AsOf ?? world.Now).AddSeconds(-1))}{(world.Options.ManifestsOnly ? " --manifests-only" : "")}",
            .. left.Select(name => $"Left out, as it is no file name: {Quoted.Text(name)}"),
        ]);
    }

    private static bool IsFileName(string name) => !name.Any(char.IsControl) && name.Split('/').All(part => part is not ("" or "." or "..") && part.Length < 255);
}
