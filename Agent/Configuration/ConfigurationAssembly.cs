using Sealtail.Buckets;
using Sealtail.Chaining;
using Sealtail.Format;
using Sealtail.Sealing;
using Sealtail.Spooling;
using Sealtail.Tailing;

namespace Sealtail.Configuration;

/// <summary>Checked settings as the stages' option records.</summary>
internal static class ConfigurationAssembly
{
    public static SealtailConfiguration Assemble(Settings settings, string file) => new()
    {
        File = file,
        StateDirectory = settings.Get(Keys.State),
        Inputs = [.. Enumerable.Range(0, settings.Inputs).Select(input => Input(settings, input))],
        Seal = new SealOptions { MaxSize = settings.Get(Keys.ChunkMaxSize), MaxAge = settings.Get(Keys.ChunkMaxAge), Compression = settings.Get(Keys.Compression) },
        Bucket = Bucket(settings),
        Http = settings.TryGet(Keys.Http, out var address) ? address : null,
        Log = new LogOptions(settings.Get(Keys.LogLevelKey), settings.Get(Keys.LogFormatKey)),
        Warnings = [.. ConfigurationWarnings.Of(settings)],
        Values = [.. settings.InOrder().Select(Effective)],
    };

    private static InputConfiguration Input(Settings settings, int input)
    {
        var stream = StreamName.Create(settings.Get(Keys.Cluster), settings.Get(Keys.Node), settings.Get(Keys.InputName, input));
        return new InputConfiguration
        {
            Stream = stream,
            Tail = new TailOptions
            {
                Path = settings.Get(Keys.InputPath, input),
                Start = settings.Get(Keys.InputStart, input),
                PollInterval = settings.Get(Keys.PollInterval, input),
                MaxHeld = settings.Get(Keys.MaxHeld, input),
            },
            Spool = new SpoolOptions
            {
                Directory = Path.Combine(settings.Get(Keys.State), stream.Source),
                MaxSize = settings.Get(Keys.SpoolMaxSize),
                MinFree = settings.TryGet(Keys.SpoolMinFree, out var free) ? free : null,
                AllowVolatile = settings.Get(Keys.AllowVolatileState),
            },
            Chain = Chain(settings, stream),
        };
    }

    private static ChainOptions Chain(Settings settings, StreamName stream) => new()
    {
        Stream = stream,
        KeyPath = settings.Get(Keys.SigningKeyPath),
        GenerateKey = settings.Get(Keys.GenerateKey),
        PreviousKeyPath = settings.TryGet(Keys.PreviousKeyPath, out var previous) ? previous : null,
        MaxSilence = settings.Get(Keys.MaxSilence),
        Policy = new EpochPolicy(
            (long)settings.Get(Keys.MaxSilence).TotalSeconds, (long)settings.Get(Keys.ChunkMaxAge).TotalSeconds, settings.Get(Keys.ChunkMaxSize),
            settings.TryGet(Keys.RetentionMinimum, out var minimum) ? (long)minimum.TotalSeconds : null),
    };

    private static BucketOptions Bucket(Settings settings) => new()
    {
        Location = settings.Get(Keys.Bucket),
        Endpoint = settings.TryGet(Keys.Endpoint, out var endpoint) ? endpoint : null,
        Credentials = new CredentialOptions
        {
            Type = settings.Get(Keys.Credential),
            File = settings.TryGet(Keys.CredentialFile, out var file) ? file : null,
            AllowExecutable = settings.Get(Keys.AllowExecutable),
        },
        Require = settings.Get(Keys.RetentionRequire),
        MinimumRetention = settings.TryGet(Keys.RetentionMinimum, out var minimum) ? minimum : null,
        OnViolation = settings.Get(Keys.OnViolation),
        Upload = new UploadOptions { Parallel = settings.Get(Keys.UploadParallel), Timeout = settings.Get(Keys.UploadTimeout) },
    };

    private static EffectiveValue Effective(Setting setting) =>
        new(setting.Key.PathOf(setting.Input), setting.Value is null ? null : setting.Key.Kind.Write(setting.Value), setting.Origin) { IsLiteral = setting.Key.Kind.IsLiteral };
}
