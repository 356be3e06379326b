using System.Net;

namespace Sealtail.Configuration;

/// <summary>What a configuration takes from the machine: its environment variables and its host name.</summary>
internal sealed record ConfigurationEnvironment(Func<string, string?> Variable, string HostName)
{
    /// <summary>The whole host name, as the kubelet takes it: <see cref="Environment.MachineName"/> would cut it at the first dot.</summary>
    public static ConfigurationEnvironment OfThisProcess() => new(Environment.GetEnvironmentVariable, Dns.GetHostName());
}
