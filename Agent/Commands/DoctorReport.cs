using System.Text.Json;
using Sealtail.Configuration;
using Sealtail.Diagnosing;

namespace Sealtail.Commands;

/// <summary>The doctor's findings, for people with the worst first, for programs in the order of the checks.</summary>
internal static class DoctorReport
{
    public static void Print(IReadOnlyList<Diagnosis> found, TextWriter output)
    {
        foreach (var diagnosis in found.OrderByDescending(diagnosis => diagnosis.Severity))
        {
            output.WriteLine($"{Word(diagnosis.Severity),-8} {diagnosis.Check,-19} {Line(diagnosis.Message)}");
            if (diagnosis.Remedy is { } remedy) output.WriteLine($"{"",-28} → {Line(remedy)}");
        }

        output.WriteLine();
        output.WriteLine($"Problems: {Count(found, Severity.Problem)}, warnings: {Count(found, Severity.Warning)}, not to be seen from here: {Count(found, Severity.Unknown)}, good: {Count(found, Severity.Good)}. docs/doctor.md explains each check.");
    }

    public static void WriteJson(IReadOnlyList<Diagnosis> found, SealtailConfiguration configuration, TextWriter output) => output.WriteLine(JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("result", Result(found.Max(diagnosis => diagnosis.Severity)));
        json.WriteStartArray("streams");
        foreach (var input in configuration.Inputs) json.WriteStringValue(input.Stream.ToString());
        json.WriteEndArray();
        json.WriteStartArray("checks");
        foreach (var diagnosis in found) Write(json, diagnosis);
        json.WriteEndArray();
        json.WriteEndObject();
    }));

    private static void Write(Utf8JsonWriter json, Diagnosis diagnosis)
    {
        json.WriteStartObject();
        json.WriteString("id", diagnosis.Check);
        json.WriteString("severity", Word(diagnosis.Severity));
        json.WriteString("message", diagnosis.Message);
        if (diagnosis.Remedy is { } remedy) json.WriteString("remedy", remedy);
        json.WriteEndObject();
    }

    private static string Result(Severity worst) => worst switch
    {
        Severity.Problem => "problems",
        Severity.Warning => "warnings",
        _ => "ok",
    };

    private static string Word(Severity severity) => severity switch
    {
        Severity.Problem => "problem",
        Severity.Warning => "warning",
        Severity.Unknown => "unknown",
        _ => "good",
    };

    private static int Count(IReadOnlyList<Diagnosis> found, Severity severity) => found.Count(diagnosis => diagnosis.Severity == severity);

    private static string Line(string text) => Quoted.Lines(text).ReplaceLineEndings(" ");
}
