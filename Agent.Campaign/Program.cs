using Sealtail.Campaign;

return args switch
{
    [] => await FaultCampaign.RunAsync(new Options([])),
    ["faults", .. var options] => await FaultCampaign.RunAsync(new Options(options)),
    ["soak", .. var options] => await Soak.RunAsync(new Options(options)),
    ["apiserver", .. var options] => await ApiServerCampaign.RunAsync(new Options(options)),
    ["fuzz", var target, .. var options] => Fuzz.Run(target, new Options(options)),
    ["fuzz-one", var target, var file] => Fuzz.One(target, file),
    ["afl", var target] => Fuzz.Afl(target),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        $"""
        Attacks on Sealtail that take longer than a test run. Build and run with -c Release:
          dotnet run -c Release --project Agent.Campaign                                        the fault campaign: about half an hour, prints its seed and its figures
          dotnet run -c Release --project Agent.Campaign -- faults [--seed N] [--report FILE]   the same, again
          dotnet run -c Release --project Agent.Campaign -- soak [--minutes 30] [--out DIR] [--rate 200] [--writer LUMBERWRITER] [--seed N]
                                                                                                agent, rotation and a failing store; a verdict, a CSV and an SVG
          dotnet run -c Release --project Agent.Campaign -- apiserver --server KUBE-APISERVER --etcd ETCD [--out DIR] [--seconds 20]
                                                                                                a real kube-apiserver under load and under attack; needs root
          dotnet run -c Release --project Agent.Campaign -- fuzz TARGET [--seconds 60] [--seed N] [--corpus DIR]
                                                                                                random changes of the corpus, in this process
          dotnet run -c Release --project Agent.Campaign -- afl TARGET                          for afl-fuzz, see fuzz.sh
        Targets: {string.Join(' ', Fuzz.Targets)}
        """);
    return 2;
}
