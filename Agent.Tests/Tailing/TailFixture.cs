using NUnit.Framework;
using Sealtail.Tailing;
using Sealtail.Tests.Support;

namespace Sealtail.Tests.Tailing;

/// <summary>A folder, a rotating writer and a reader over it; at the end the ranges must tile.</summary>
internal abstract class TailFixture
{
    protected TempFolder Folder { get; private set; } = null!; // SetUp

    protected LumberjackWriter Writer { get; private set; } = null!; // SetUp

    protected ReaderHarness Reader { get; set; } = null!; // SetUp

    protected string Log => Writer.Path;

    protected virtual TailOptions Options => new() { Path = Log, PollInterval = TimeSpan.Zero };

    [SetUp]
    public void Open()
    {
        Folder = new TempFolder();
        Writer = new LumberjackWriter(Folder.File("audit.log"));
        Reader = new ReaderHarness(Options);
    }

    [TearDown]
    public void Close()
    {
        Reader.Cut().CheckTiling();
        Reader.Dispose();
        Writer.Dispose();
        Folder.Dispose();
    }

    protected static void Append(string path, string text) => File.AppendAllText(path, text);
}
