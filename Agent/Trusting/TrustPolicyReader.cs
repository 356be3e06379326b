using System.Text;
using Sealtail.Configuration;
using Sealtail.Format;
using Sealtail.Verifying;

namespace Sealtail.Trusting;

/// <summary>A trust policy's YAML as a value: whose signatures count, which streams must be there, what retention and silence are demanded.</summary>
internal sealed class TrustPolicyReader(string path, ConfigurationErrors errors)
{
    private static readonly string[] TopLevel = ["version", "keys", "expected", "minimumRetention", "lockedRetention", "maximumSilence"];
    private static readonly string[] OfKey = ["streams", "publicKey", "file", "notBefore", "notAfter", "compromisedSince", "comment"];

    private readonly List<TrustAnchor> anchors = [];

    /// <exception cref="TrustException">It is wrong: all errors are listed, each with its place.</exception>
    public static TrustPolicy Parse(ReadOnlySpan<byte> bytes, string path, Digest sha256)
    {
        var errors = new ConfigurationErrors(path);
        try
        {
            var text = YamlText.Decode(bytes, path);
            var reader = new TrustPolicyReader(path, errors);
            var root = YamlReader.Read(text, errors);
            return reader.Build(root, sha256);
        }
        catch (ConfigurationException e)
        {
            throw new TrustException(e.Message, e);
        }
    }

    private TrustPolicy Build(YamlNode? root, Digest sha256)
    {
        var fields = new YamlFields(root, null, TopLevel, errors);
        if (fields.Text("version") is var version && version != "1" && root is not null)
            errors.Add(fields.PlaceOf("version"), "version", version is null ? "is required: 1" : $"must be 1, the only version there is (was {Quoted.Text(version)})");
        foreach (var (item, index) in fields.Items("keys").Select((item, index) => (item, index))) ReadKey(item, $"keys[{index}]");
        if (root is null || fields.Items("keys").Count == 0) errors.Add(fields.PlaceOf("keys"), "keys", "is required: at least one key, with streams and publicKey");
        var expected = fields.Has("expected") ? ReadExpected(fields.Items("expected")) : null;
        var retention = fields.Duration("minimumRetention");
        var policy = new TrustPolicy(anchors)
        {
            Expected = expected,
            MinimumRetention = retention,
            // Whoever demands a retention means one that cannot be lifted, unless said otherwise.
            RequiresLock = fields.Flag("lockedRetention") ?? retention is not null,
            MaximumSilence = fields.Duration("maximumSilence"),
            File = (path, sha256),
        };
        if (!errors.Any) return policy;
        policy.Dispose();
        errors.ThrowIfAny();
        return policy;
    }

    private void ReadKey(YamlNode node, string name)
    {
        var fields = new YamlFields(node, name, OfKey, errors);
        var globs = fields.Items("streams").Select(item => ReadGlob(item, name)).OfType<StreamGlob>().ToArray();
        if (!fields.Has("streams")) errors.Add(node.Place, $"{name}.streams", "is required, such as prod-eu1/cp-1/*");
        if (fields.Has("publicKey") == fields.Has("file")) errors.Add(node.Place, name, "must have either publicKey (base64 of the SubjectPublicKeyInfo) or file (a PEM file)");
        var (from, until) = (fields.Time("notBefore"), fields.Time("notAfter"));
        if (until <= from) errors.Add(fields.PlaceOf("notAfter"), $"{name}.notAfter", "must be after notBefore");
        foreach (var glob in globs)
            if (ReadKeyValue(fields, name) is { } key)
                anchors.Add(new TrustAnchor(glob, key, $"{path}:{node.Place.Line}") { NotBefore = from, NotAfter = until, CompromisedSince = fields.Time("compromisedSince") });
    }

    private VerificationKey? ReadKeyValue(YamlFields fields, string name)
    {
        try
        {
            if (fields.Text("publicKey") is { } spki) return VerificationKey.FromSpki(Convert.FromBase64String(spki));
            // A policy means the same wherever it is read from.
            if (fields.Text("file") is { } file) return VerificationKey.FromPem(Encoding.UTF8.GetString(TrustFile.ReadBytes(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/", file))));
        }
        catch (Exception e) when (e is FormatException or TrustException)
        {
            errors.Add(fields.PlaceOf(fields.Has("file") ? "file" : "publicKey"), name, $"is no P-256 public key: {e.Message}");
        }

        return null;
    }

    private StreamGlob? ReadGlob(YamlNode item, string name)
    {
        try
        {
            return item is YamlScalar { IsNull: false } scalar ? StreamGlob.Parse(scalar.Text) : throw new FormatException("a stream's pattern must be a plain text.");
        }
        catch (FormatException e)
        {
            errors.Add(item.Place, $"{name}.streams", e.Message);
            return null;
        }
    }

    private List<StreamName> ReadExpected(IReadOnlyList<YamlNode> items)
    {
        var streams = new List<StreamName>();
        foreach (var item in items)
        {
            if (item is not YamlScalar scalar || !StreamName.TryParse(scalar.Text, out var stream)) errors.Add(item.Place, "expected", "must name whole streams, cluster/node/source, without wildcards");
            else if (streams.Contains(stream)) errors.Add(item.Place, "expected", $"names {stream} twice");
            else streams.Add(stream);
        }

        return streams;
    }
}
