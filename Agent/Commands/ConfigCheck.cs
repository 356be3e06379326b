using System.CommandLine;
using System.Text.Json;
using Sealtail.Chaining;
using Sealtail.Configuration;
using Sealtail.Format;

namespace Sealtail.Commands;

/// <summary>
/// <c>sealtail config check</c>: the file itself, and what this machine already shows. A key that <c>run</c> would refuse is an
/// error; what may merely not be there yet is a warning, so that a file for another machine can be checked too.
/// </summary>
internal static class ConfigCheck
{
    public static int Run(string file, bool json, InvocationConfiguration console)
    {
        SealtailConfiguration? configuration = null;
        IReadOnlyList<ConfigurationError> errors = [];
        try
        {
            configuration = ConfigurationLoader.Load(file);
            errors = [.. KeyErrors(configuration)];
            if (errors.Count > 0 && !json) throw new ConfigurationException(file, errors);
        }
        catch (ConfigurationException e) when (json)
        {
            errors = e.Errors;
        }

        var warnings = configuration is null ? [] : configuration.Warnings.Concat(LocalWarnings(configuration)).ToArray();
        if (json) console.Output.WriteLine(Json(file, configuration, errors, warnings));
        else PrintOk(configuration!, warnings, console); // without it, the exception has left already
        return errors.Count == 0 ? ExitCode.Done : ExitCode.Usage;
    }

    private static void PrintOk(SealtailConfiguration configuration, IEnumerable<string> warnings, InvocationConfiguration console)
    {
        foreach (var warning in warnings) console.Error.WriteLine($"sealtail: warning: {Quoted.Lines(warning)}");
        console.Output.WriteLine($"ok: {configuration.File}: {string.Join(", ", configuration.Inputs.Select(input => input.Stream))} to {configuration.Bucket.Location}");
    }

    private static IEnumerable<ConfigurationError> KeyErrors(SealtailConfiguration configuration)
    {
        var chain = configuration.Inputs[0].Chain;
        // A missing key may still be made, or brought; the one before it must be there to sign the change.
        if (File.Exists(chain.KeyPath) && WhyUnusable(chain.KeyPath) is { } message) yield return Error(Keys.SigningKeyPath, message);
        if (chain.PreviousKeyPath is { } previous && WhyUnusable(previous) is { } other) yield return Error(Keys.PreviousKeyPath, other);

        ConfigurationError Error(Key key, string why) => new(configuration.Values.First(value => value.Key == key.Path).Origin.Place, key.Path, why);
    }

    private static string? WhyUnusable(string path)
    {
        try
        {
            SigningKey.Load(path).Dispose();
            return null;
        }
        catch (SigningKeyException e)
        {
            return e.Message;
        }
    }

    private static IEnumerable<string> LocalWarnings(SealtailConfiguration configuration)
    {
        var chain = configuration.Inputs[0].Chain;
        if (!chain.GenerateKey && !File.Exists(chain.KeyPath))
            yield return $"signing.key {chain.KeyPath} is not on this machine, and signing.generate is false. Make one with: sealtail keygen --out {chain.KeyPath}";
        foreach (var (input, index) in configuration.Inputs.Select((input, index) => (input, index)))
            if (WhyUnreadable(input.Tail.Path) is { } reason)
                yield return $"inputs[{index}].path {input.Tail.Path} cannot be read on this machine now: {reason}";
        if (configuration.Bucket.Credentials.File is { } credential && WhyUnreadable(credential) is { } unreadable)
            yield return $"output.credentials.file {credential} cannot be read on this machine now: {unreadable}";
    }

    private static string? WhyUnreadable(string path)
    {
        if (Directory.Exists(path)) return "it is a directory.";
        try
        {
            File.OpenHandle(path, options: FileOptions.None, share: FileShare.ReadWrite | FileShare.Delete).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e is FileNotFoundException or DirectoryNotFoundException ? "it does not exist." : e.Message;
        }
    }

    private static string Json(string file, SealtailConfiguration? configuration, IReadOnlyList<ConfigurationError> errors, IEnumerable<string> warnings) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("result", errors.Count == 0 ? "ok" : "failed");
        json.WriteString("file", file);
        json.WriteStartArray("streams");
        foreach (var input in configuration?.Inputs ?? []) json.WriteStringValue(input.Stream.ToString());
        json.WriteEndArray();
        json.WriteStartArray("errors");
        foreach (var error in errors)
        {
            json.WriteStartObject();
            if (error.Place is { } place)
            {
                json.WriteNumber("line", place.Line);
                json.WriteNumber("column", place.Column);
            }

            if (error.Key is { } key) json.WriteString("key", key);
            json.WriteString("message", error.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (var warning in warnings) json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
