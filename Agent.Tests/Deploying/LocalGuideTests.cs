using System.Text.RegularExpressions;
using NUnit.Framework;
using Sealtail.FakeGcs;
using Sealtail.FakeGcs.Storage;
using Sealtail.Tests.EndToEnd;

namespace Sealtail.Tests.Deploying;

/// <summary>docs/install-local.md: its lines, run as they stand there but for the ports, with the stand-in in this process.</summary>
internal sealed class LocalGuideTests : IDisposable
{
    private readonly TempFolder folder = new("guide");

    public void Dispose() => folder.Dispose();

    [Test]
    public async Task The_lines_of_the_guide_ship_verify_follow_and_look_around()
    {
        await using var server = await FakeGcsServer.StartAsync(new FakeGcsOptions(), TimeProvider.System);
        server.Buckets.Create("audit", new BucketSettings { Retention = TimeSpan.FromDays(365), Locked = true });
        Directory.CreateSymbolicLink(folder["config"], Path.Combine(Repository.Root, "config"));
        var lines = Lines().Replace("127.0.0.1:4443", server.Address.Authority, StringComparison.Ordinal).Replace("127.0.0.1:2020", $"127.0.0.1:{AgentBed.FreePort()}", StringComparison.Ordinal);

        // What was built is here already; dotnet would build it, and run the stand-in. The doctor looks at a machine that nobody knows.
        var (exitCode, output) = ShellTools.Bash($$"""
            trap 'kill $(jobs -p) 2> /dev/null || true' EXIT
            mkdir bin && printf '#!/bin/sh\nexec {{Program()}} "$@"\n' > bin/sealtail && chmod +x bin/sealtail && PATH=$PWD/bin:$PATH
            dotnet() { echo "dotnet $*"; }
            {{lines.Replace("sealtail doctor --config trial.yaml ", "sealtail doctor --config trial.yaml || test $? -eq 3 ", StringComparison.Ordinal).Replace("until ", "until ! kill -0 $! || ", StringComparison.Ordinal)}}
            kill $! && wait $!
            """, folder.Path);

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Contain("dotnet run --no-build --project Agent.FakeGcs -- --port 4443 --bucket audit --retention 365d --locked"));
        Assert.That(output, Does.Contain("OK: everything that was asked for is proven.").And.Contain("Stream     trial/").And.Contain("good     bucket "));
    }

    private static string Lines() => Regex.Match(File.ReadAllText(Path.Combine(Repository.Root, "docs/install-local.md")), "```sh\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    private static string Program() => SealtailProgram.With([]) is var start && start.ArgumentList.Count == 0 ? start.FileName : $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
}
