using System.Reflection;
using System.Text;
using NUnit.Framework;
using Sealtail.Proving;
using Sealtail.Verifying;

namespace Sealtail.Tests.Proving;

/// <summary>docs/proofs.md lists what verify-proof can say. <c>UPDATE_DOCS=1 dotnet test</c> writes the table anew.</summary>
internal sealed class ProofFindingsDocumentTests
{
    private const string Begin = "<!-- proof-findings:begin -->\n";
    private const string End = "<!-- proof-findings:end -->";

    [Test]
    public void The_document_lists_every_finding()
    {
        var path = Path.Combine(Repository.Root, "docs", "proofs.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, text[..begin] + Table() + text[end..]);

        Assert.That(File.ReadAllText(path), Does.Contain(Begin + Table() + End), "Run: UPDATE_DOCS=1 dotnet test Agent.Tests --filter FindingsDocumentTests");
    }

    private static string Table()
    {
        var kinds = typeof(ProofFinding).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<FindingKind>();
        var table = new StringBuilder("| id | severity | what it means |\n|---|---|---|\n");
        foreach (var kind in kinds.OrderByDescending(kind => kind.Severity).ThenBy(kind => kind.Id, StringComparer.Ordinal))
            table.Append($"| `{kind.Id}` | {kind.Severity.Text()} | {kind.Meaning} |\n");
        return table.ToString();
    }
}
