using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Sealtail.Configuration;
using Sealtail.Observability;

namespace Sealtail.Commands;

/// <summary><c>sealtail status</c>: asks the running agent what it says of itself.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var config = ConfigOption.Create();
        var format = OutputOption.Create();
        var verb = new Verb("status", "Asks the running agent where it stands: position, lag, spool, last confirmed manifest. Exit code 3 if it is not ready.")
        {
            Examples =
            [
                ("sealtail status", $"ask the agent that runs with {ConfigurationLoader.DefaultFile}"),
                ("sealtail status --config ./sealtail.yaml --output json", "the whole status, for a program"),
            ],
        };
        verb.Add(config);
        verb.Add(format);
        verb.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(config), parsed.GetValue(format) == OutputOption.Json, parsed.InvocationConfiguration.Output, cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(string file, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        var address = AddressIn(file);
        var text = await AskAsync(address, cancellationToken);
        var status = Parse(text, address);
        if (json) await output.WriteAsync(text);
        else StatusView.Print(status, output);
        return status.Ready ? ExitCode.Done : ExitCode.Inconclusive;
    }

    private static IPEndPoint AddressIn(string file)
    {
        if (ConfigurationLoader.Load(file).Http is not { } address)
            throw new CommandException($"The agent of {file} serves no status: set service.http, for instance to 127.0.0.1:2020, and restart it.");
        if (address.Port == 0)
            throw new CommandException($"service.http in {file} takes a free port, which only the agent's log tells: set a port, for instance 127.0.0.1:2020, and restart it.");
        return address.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, address.Port)
            : address.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, address.Port)
            : address;
    }

    private static async Task<string> AskAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        // A proxy would ask some other machine.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            return await client.GetStringAsync(new Uri($"http://{address}/status"), cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var why = e.InnerException is SocketException socket ? socket.Message : e is TaskCanceledException ? $"no reply within {Patience.TotalSeconds:0} s" : e.Message;
            throw new CommandException($"No agent answers at http://{address}: {why}. Is it running, and with this configuration?", ExitCode.Inconclusive, e);
        }
    }

    private static AgentStatus Parse(string text, IPEndPoint address)
    {
        try
        {
            return AgentStatusJson.Read(text);
        }
        catch (JsonException e)
        {
            throw new CommandException($"What answers at http://{address} is no sealtail agent of this version: {e.Message}", ExitCode.Inconclusive, e);
        }
    }
}
