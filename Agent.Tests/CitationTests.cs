using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Sealtail.Tests;

/// <summary>What a comment leads its reader to is in this repository.</summary>
internal sealed class CitationTests
{
    // No page that only its authors had.
    [Test]
    public void Comments_cite_no_page_that_is_not_here() =>
        Assert.That(Sources().Where(source => Regex.IsMatch(source.Text, "design §", RegexOptions.IgnoreCase)).Select(source => source.Path), Is.EqualTo(new[] { "Agent.Tests/CitationTests.cs" }));

    [Test]
    public void A_heading_that_a_comment_names_is_in_the_page()
    {
        var cited = Sources().SelectMany(source => Regex.Matches(source.Text, """docs/(?<page>[a-z-]+\.md), "(?<heading>[^"]+)["]""").Select(match => (source.Path, Page: match.Groups["page"].Value, Heading: match.Groups["heading"].Value))).ToArray();

        Assert.That(cited, Has.Length.GreaterThan(40));
        Assert.That(cited.Where(each => !Headings(each.Page).Contains(each.Heading)), Is.Empty);
    }

    private static IEnumerable<string> Headings(string page) =>
        Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", page)), "^#+ (.+)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value);

    private static IEnumerable<(string Path, string Text)> Sources() =>
        from project in Directory.EnumerateDirectories(Repository.Root, "Agent*")
        from path in Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
        let name = Path.GetRelativePath(Repository.Root, path)
        where !Regex.IsMatch(name, "/(?:obj|bin)/")
        select (name, File.ReadAllText(path));
}
