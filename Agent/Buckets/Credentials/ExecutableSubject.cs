using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;

namespace Sealtail.Buckets.Credentials;

/// <summary>
/// Runs the program that a federation file names, by Google's contract for such programs (AIP-4117): no shell, a few variables, a JSON answer on
/// standard output. Only after the configuration has allowed it.
/// </summary>
internal sealed class ExecutableSubject(CredentialFile file, CredentialExecutable executable, TimeProvider time) : ProgrammaticExternalAccountCredential.ISubjectTokenProvider
{
    private const int MaxOutput = 64 * 1024;

    public static GoogleCredential CreateCredential(CredentialFile file, CredentialExecutable executable, IdentityHttp http, TimeProvider time) =>
        GoogleCredential.FromProgrammaticExternalAccountCredential(new ProgrammaticExternalAccountCredential(
            new ProgrammaticExternalAccountCredential.Initializer(file.TokenUrl, file.Audience, file.SubjectTokenType, new ExecutableSubject(file, executable, time))
            {
                ServiceAccountImpersonationUrl = file.ImpersonationUrl,
                HttpClientFactory = http,
                Clock = new TimeProviderClock(time),
            }));

    public async Task<string> GetSubjectTokenAsync(ProgrammaticExternalAccountCredential caller, CancellationToken taskCancellationToken)
    {
        var words = executable.Command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || !Path.IsPathFullyQualified(words[0])) throw new BucketException(BucketFault.Denied, $"The program '{executable.Command}' for a token has no absolute path.");
        var answer = await RunAsync(words[0], words[1..], taskCancellationToken);
        return Parse(answer);
    }

    private async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        start.Environment["GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE"] = file.Audience;
        start.Environment["GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE"] = file.SubjectTokenType;
        start.Environment["GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE"] = "0";
        if (executable.OutputFile is { } output) start.Environment["GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"] = output;
        if (file.ImpersonationUrl is { } url) start.Environment["GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL"] = url[(url.LastIndexOf('/') + 1)..].Split(':')[0];

        using var process = Process.Start(start) ?? throw new BucketException(BucketFault.Denied, $"{program} did not start.");
        using var timeout = new CancellationTokenSource(executable.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            process.StandardInput.Close();
            var text = await ReadAsync(process.StandardOutput, either.Token);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0 ? text : throw new BucketException(BucketFault.Denied, $"{program} ended with exit code {process.ExitCode}.");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new BucketException(BucketFault.Transient, $"{program} gave no token within {executable.Timeout.TotalSeconds:0} s.");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            text.Append(buffer, 0, read);
            if (text.Length > MaxOutput) throw new BucketException(BucketFault.Denied, $"The program for a token prints more than {MaxOutput} characters.");
        }

        return text.ToString();
    }

    private string Parse(string answer)
    {
        using var document = JsonDocument.Parse(answer);
        var root = document.RootElement;
        if (!root.TryGetProperty("success", out var success) || success.ValueKind != JsonValueKind.True)
            throw new BucketException(BucketFault.Denied, $"The program for a token failed: {Text(root, "code")} {Text(root, "message")}");
        if (root.TryGetProperty("expiration_time", out var expires) && expires.TryGetInt64(out var seconds) && DateTimeOffset.FromUnixTimeSeconds(seconds) <= time.GetUtcNow())
            throw new BucketException(BucketFault.Denied, "The program for a token gave one that has expired.");
        return Text(root, Text(root, "token_type") is { } type && type.EndsWith("saml2", StringComparison.Ordinal) ? "saml_response" : "id_token")
            ?? throw new BucketException(BucketFault.Denied, "The program for a token gave none.");
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
