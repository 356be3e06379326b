namespace Sealtail.Commands;

/// <summary>A question whose answer must be typed. Without anybody to type, the answer is no.</summary>
internal static class Confirmation
{
    public static bool Ask(TextWriter output, string question, string expected)
    {
        output.Write(question);
        output.Flush();
        return Console.In.ReadLine()?.Trim() == expected;
    }
}
