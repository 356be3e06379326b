using Sealtail.Configuration;

namespace Sealtail.Tests.Configuration;

/// <summary>Loads text as <c>/etc/sealtail/sealtail.yaml</c> of a host named <c>Host_1.example</c>, with nothing in its environment but what is given.</summary>
internal static class Yaml
{
    public const string Directory = "/etc/sealtail";

    /// <summary>The least that loads.</summary>
    public const string Minimal = """
        service: { cluster: c }
        inputs: [{ name: audit, path: /var/log/audit.log }]
        output: { bucket: gs://bucket }

        """;

    public static SealtailConfiguration Load(string text, params (string Name, string Value)[] environment) =>
        ConfigurationLoader.Parse(text, "sealtail.yaml", Directory, Environment("Host_1.example", environment));

    public static ConfigurationEnvironment Environment(string host, params (string Name, string Value)[] environment) =>
        new(name => environment.Where(pair => pair.Name == name).Select(pair => pair.Value).FirstOrDefault(), host);

    /// <summary>Every error, one a line.</summary>
    public static string[] ErrorsOf(string text, params (string Name, string Value)[] environment)
    {
        try
        {
            Load(text, environment);
            return [];
        }
        catch (ConfigurationException e)
        {
            return [.. e.Errors.Select(error => error.Describe(e.File))];
        }
    }
}
