using System.Globalization;
using Sealtail.Configuration.Kinds;
using Sealtail.Format;

namespace Sealtail.Configuration;

/// <summary>A YAML file to a checked <see cref="SealtailConfiguration"/>, or to all of its errors at once.</summary>
internal static class ConfigurationLoader
{
    public const string DefaultFile = "/etc/sealtail/sealtail.yaml";

    private const string NodeVariable = "NODE_NAME";

    /// <summary>Reads the file with this process's environment. Looks at no other file.</summary>
    /// <exception cref="ConfigurationException">The file cannot be read, or something in it is wrong.</exception>
    public static SealtailConfiguration Load(string file) => Load(file, ConfigurationEnvironment.OfThisProcess());

    /// <inheritdoc cref="Load(string)"/>
    public static SealtailConfiguration Load(string file, ConfigurationEnvironment environment)
    {
        var path = file.Length > 0 ? Path.GetFullPath(file) : throw new ConfigurationException("(empty)", [new ConfigurationError(null, null, "is no file name. Name a file with --config")]);
        return Parse(YamlText.Read(path, file), file, Path.GetDirectoryName(path)!, environment); // a file has a directory
    }

    /// <summary>As <see cref="Load(string)"/>, of a text that was read from <paramref name="file"/>.</summary>
    /// <exception cref="ConfigurationException">Something in it is wrong.</exception>
    public static SealtailConfiguration Parse(string text, string file, string baseDirectory, ConfigurationEnvironment environment)
    {
        var errors = new ConfigurationErrors(file);
        var root = YamlReader.Read(text, errors);
        if (root is null) errors.ThrowIfAny();

        var settings = new Settings(baseDirectory);
        new Binder(errors, environment, settings).Bind(root ?? new YamlMapping(new Place(1, 1), []));
        Derive(settings, environment, errors);
        ConfigurationRules.Check(settings, errors);
        errors.ThrowIfAny();
        return ConfigurationAssembly.Assemble(settings, file);
    }

    // Defaults that depend on the machine or on another key.
    private static void Derive(Settings settings, ConfigurationEnvironment environment, ConfigurationErrors errors)
    {
        if (!settings.IsGiven(Keys.SigningKeyPath) && settings.TryGet(Keys.State, out var state))
            settings.Set(new Setting(Keys.SigningKeyPath, 0, Path.Combine(state, "signing.pem"), Origin.From("service.state")));

        if (!settings.IsGiven(Keys.RetentionRequire) && settings.TryGet(Keys.Bucket, out var bucket))
            settings.Set(new Setting(Keys.RetentionRequire, 0,
                bucket.StartsWith(LocationKind.Gcs, StringComparison.Ordinal) ? Buckets.RetentionRequirement.Locked : Buckets.RetentionRequirement.None, Origin.From("output.bucket")));

        if (!settings.IsGiven(Keys.Node)) settings.Set(NodeName(environment, errors));
    }

    private static Setting NodeName(ConfigurationEnvironment environment, ConfigurationErrors errors)
    {
        if (environment.Variable(NodeVariable) is { Length: > 0 } variable)
        {
            if (StreamName.IsLabel(variable, StreamName.MaxNode)) return new Setting(Keys.Node, 0, variable, Origin.From($"environment {NodeVariable}"));
            errors.Add(null, Keys.Node.Path, $"the environment variable {NodeVariable} must be {Keys.Node.Kind.Limits} (was {Quoted.Text(variable)}); or set service.node");
            return new Setting(Keys.Node, 0, null, Origin.Default);
        }

        var name = new string([.. environment.HostName.ToLower(CultureInfo.InvariantCulture).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-')]).Trim('.', '-');
        name = name[..Math.Min(name.Length, StreamName.MaxNode)].TrimEnd('.', '-');
        if (name.Length > 0) return new Setting(Keys.Node, 0, name, Origin.From("host name"));
        errors.Add(null, Keys.Node.Path, $"is required here: the host name {Quoted.Text(environment.HostName)} yields no node name, and {NodeVariable} is not set");
        return new Setting(Keys.Node, 0, null, Origin.Default);
    }
}
