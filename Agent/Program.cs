using Sealtail.Commands;

return await CommandLine.RunAsync(args);
