using Sealtail.Benchmarks;

return args switch
{
    ["measure", .. var command] => Measured.Report(command),
    ["pure", var folder, var level] => Pure.Compress(folder, int.Parse(level)),
    ["pure-verify", var folder] => Pure.Decompress(folder),
    ["ship", .. var options] => ShipBenchmark.Run(new Options(options)),
    ["backlog", .. var options] => BacklogBenchmark.Run(new Options(options)),
    ["idle", .. var options] => IdleBenchmark.Run(new Options(options)),
    ["verify", .. var options] => VerifyBenchmark.Run(new Options(options)),
    ["manifests", .. var options] => ManifestsBenchmark.Run(new Options(options)),
    ["chunks", var folder, .. var options] => await ChunkBenchmark.RunAsync(folder, new Options(options)),
    ["gcs-ship", .. var options] => await GcsShipBenchmark.RunAsync(new Options(options)),
    ["gcs-start", .. var options] => await GcsStartBenchmark.RunAsync(new Options(options)),
    ["gcs-rate", .. var options] => await GcsRateBenchmark.RunAsync(new Options(options)),
    ["gcs-list", .. var options] => await GcsListBenchmark.RunAsync(new Options(options)),
    ["parts", .. var options] => Parts.Run(options),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        Whole-process measurements of Sealtail beside the pure cost of the same work. Build and run with -c Release:
          dotnet run -c Release --project Agent.Benchmarks -- ship [--mib 1024] [--runs 3]     CPU per GiB beside gzip 6 + SHA-256
          dotnet run -c Release --project Agent.Benchmarks -- backlog [--mib 4096]             resident memory draining a backlog; with a 64 MiB line
          dotnet run -c Release --project Agent.Benchmarks -- idle [--seconds 60]              CPU with nothing to do
          dotnet run -c Release --project Agent.Benchmarks -- verify [--mib 1024] [--runs 3]   verify beside zcat | sha256sum
          dotnet run -c Release --project Agent.Benchmarks -- manifests [--manifests 40000]    verify --manifests-only beside its signatures alone
          dotnet run -c Release --project Agent.Benchmarks -- chunks BUCKET-FOLDER [--runs 5]  proving chunks beside gunzip + SHA-256, on one core
          dotnet run -c Release --project Agent.Benchmarks -- parts                            BenchmarkDotNet over single stages
        Into a stand-in for Cloud Storage:
          dotnet run -c Release --project Agent.Benchmarks -- gcs-ship [--mib 1024] [--runs 3]    CPU per GiB with uploads, peak memory (a backlog: --mib 4096 --runs 1)
          dotnet run -c Release --project Agent.Benchmarks -- gcs-start [--runs 20]               start to the first confirmed upload
          dotnet run -c Release --project Agent.Benchmarks -- gcs-rate [--seconds 600] [--rate 2000] [--max-age 5] [--outage-seconds 0]
                                                                                                  record to confirmed, peak memory, also through an outage
          dotnet run -c Release --project Agent.Benchmarks -- gcs-list [--nodes 3] [--days 20] [--delay-ms 30]  listing several streams beside one sequence of pages
        --program out/publish/sealtail measures the published agent instead of the one built beside this (all but chunks, gcs-list and parts).
        --folder DIR keeps the corpus and buckets there; else a temporary folder is used and removed.
        """);
    return 2;
}
