using System.Reflection;

namespace Sealtail.Observability;

/// <summary>Which build this is: <c>0.1.0+&lt;commit&gt;</c>, as <c>--version</c>, manifests and the User-Agent state it.</summary>
internal static class AgentVersion
{
    public const string Name = "sealtail";

    /// <summary>Without the commit where the build had no repository around it.</summary>
    public static string Text { get; } =
        typeof(AgentVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? throw new InvalidOperationException("The assembly was built without a version.");
}
