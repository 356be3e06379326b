using NUnit.Framework;
using Sealtail.Verifying;

namespace Sealtail.Tests.Tampering;

/// <summary>Every case of the catalogue gives the finding, the severity and the exit code that it states.</summary>
internal sealed class TamperCatalogueTests
{
    private static IEnumerable<TestCaseData> Cases => TamperCatalogue.All.Select(item => new TestCaseData(item).SetArgDisplayNames(item.Id));

    [TestCaseSource(nameof(Cases))]
    public async Task A_case_is_found_as_stated(TamperCase tampering)
    {
        var result = await tampering.RunAsync(CancellationToken.None);

        Assert.That(result.IsAsExpected, $"expected {tampering.Finding?.Id ?? "nothing"} ({tampering.Severity}), exit {tampering.ExitCode}; got exit {result.Report.ExitCode(strict: true)}:\n"
            + string.Join('\n', result.Report.Findings.Where(finding => finding.Severity > Severity.Info).Select(finding => $"{finding.Severity} {finding.Kind.Id} {finding.Stream} {finding.Epoch}/{finding.Sequence}: {finding.Message}")));
        // Some lies need several findings to tell; what is quiet must be quiet altogether.
        if (tampering.Attacker == Attacker.None && tampering.Finding is null) Assert.That(result.Report.Findings.Where(finding => finding.Severity > Severity.Info), Is.Empty);
    }

    [Test]
    public void Every_case_has_an_id_of_its_own_and_there_are_many()
    {
        Assert.That(TamperCatalogue.All.Select(item => item.Id), Is.Unique);
        Assert.That(TamperCatalogue.All.Count(item => item.Attacker != Attacker.None), Is.GreaterThanOrEqualTo(80));
    }

    [Test]
    public void Every_finding_that_weighs_has_a_case()
    {
        // An export is no bucket: it has tests of its own.
        Assert.That(FindingKind.All.Where(kind => kind.Severity > Severity.Info).Except([FindingKind.ExportAltered]).Select(kind => kind.Id), Is.SubsetOf(TamperCatalogue.All.Select(item => item.Finding?.Id)));
    }
}
