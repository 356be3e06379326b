using Sealtail.Configuration;
using Sealtail.Verifying;

namespace Sealtail.Commands;

/// <summary>A file that a report is written to; its ending says in which form.</summary>
internal sealed class ReportFile
{
    private readonly string path;
    private readonly bool isHtml;

    private ReportFile(string path, bool isHtml) => (this.path, this.isHtml) = (path, isHtml);

    /// <exception cref="CommandException">The name ends in neither .json nor .html, or its folder is not there: better told before hours of reading.</exception>
    public static ReportFile Named(string path)
    {
        var ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".json" or ".html")) throw new CommandException($"--report {Quoted.Text(path)} must end in .json or .html.");
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))) throw new CommandException($"--report {Quoted.Text(path)}: its folder does not exist.");
        return new ReportFile(path, ending == ".html");
    }

    /// <exception cref="CommandException">It cannot be written.</exception>
    public void Write(VerifyReport report, bool strict)
    {
        try
        {
            File.WriteAllText(path, isHtml ? HtmlReport.Print(report, strict) : JsonReport.Print(report, strict) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The report {Quoted.Text(path)} cannot be written: {e.Message}", ExitCode.Usage, e);
        }
    }
}
