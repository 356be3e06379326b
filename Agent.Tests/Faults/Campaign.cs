using System.Globalization;
using NUnit.Framework;

namespace Sealtail.Tests.Faults;

/// <summary>
/// The long form of the fault tests (<c>Agent.Campaign</c> runs it): one seed for all of them, and figures that end up in one report.
/// </summary>
internal static class Campaign
{
    public const string Category = "FaultCampaign";

    /// <summary>The campaign's seed, or one of NUnit's outside of a campaign. Printed either way.</summary>
    public static int Seed()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SEALTAIL_CAMPAIGN_SEED"), CultureInfo.InvariantCulture, out var given) ? given : TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        return seed;
    }

    /// <summary>A figure for the report: a sentence.</summary>
    public static void Tell(string figure)
    {
        TestContext.Out.WriteLine(figure);
        if (Environment.GetEnvironmentVariable("SEALTAIL_CAMPAIGN_REPORT") is { Length: > 0 } report)
            lock (Category) // one process; tests run in parallel
                File.AppendAllText(report, $"{TestContext.CurrentContext.Test.ClassName?.Split('.')[^1]}: {figure}\n");
    }
}
