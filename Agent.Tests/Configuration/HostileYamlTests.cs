using System.Text;
using NUnit.Framework;
using Sealtail.Configuration;

namespace Sealtail.Tests.Configuration;

/// <summary>Whatever the bytes are: an answer soon, in errors with places, never another exception.</summary>
internal sealed class HostileYamlTests
{
    private static readonly (string Name, string Text)[] Bombs =
    [
        ("a million open lists", new string('[', 1_000_000)),
        ("a million open mappings", string.Concat(Enumerable.Repeat("{a: ", 250_000))),
        ("lists of lists in block style", string.Concat(Enumerable.Repeat("- ", 500_000))),
        ("explicit keys in each other", string.Concat(Enumerable.Repeat("? ", 500_000))),
        ("mappings deeper and deeper", string.Concat(Enumerable.Range(0, 1400).Select(i => new string(' ', i) + "a:\n"))),
        ("a billion laughs", "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range('b', 20).Select(c => $"{(char)c}: &{(char)c} [*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)}]\n"))),
        ("an anchor within itself", "a: &a [*a]"),
        ("the same key a hundred thousand times", string.Concat(Enumerable.Repeat("a: b\n", 100_000))),
        ("a hundred thousand unknown keys", string.Concat(Enumerable.Range(0, 90_000).Select(i => $"k{i}: b\n"))),
        ("one key of a million letters", new string('k', 1_000_000) + ": b"),
        ("one value of a million letters", "service: { cluster: " + new string('v', 1_000_000) + " }"),
        ("a million variables", "service: { cluster: '" + string.Concat(Enumerable.Repeat("${A:-}", 160_000)) + "' }"),
        ("ten thousand inputs", "inputs:\n" + string.Concat(Enumerable.Repeat("  - { name: a, path: /x }\n", 10_000))),
        ("a tag directive", "%TAG ! tag:evil,2000:\n---\na: !x b"),
        ("another version", "%YAML 9.9\n---\na: b"),
        ("a comment only", "# nothing"),
        ("a type name", "a: !!System.Diagnostics.Process { StartInfo: x }"),
    ];

    [TestCaseSource(nameof(BombCases))]
    [CancelAfter(60_000)]
    public void It_is_refused_soon_and_in_few_words(string text, CancellationToken cancellationToken)
    {
        // On a thread of its own: a loop without end fails the test instead of holding up the run.
        var errors = Task.Run(() => Yaml.ErrorsOf(text), cancellationToken).WaitAsync(cancellationToken).GetAwaiter().GetResult();

        Assert.That(errors, Is.Not.Empty);
        Assert.That(string.Join('\n', errors), Has.Length.LessThan(50_000));
    }

    [Test]
    public void Of_very_many_errors_the_first_hundred_are_told()
    {
        var errors = Yaml.ErrorsOf(string.Concat(Enumerable.Range(1, 150).Select(i => $"k{i}: b\n")));

        Assert.That(errors, Has.Length.EqualTo(101));
        Assert.That(errors[0], Does.StartWith("sealtail.yaml:1:1: k1: unknown key"));
        Assert.That(errors[^1], Is.EqualTo("sealtail.yaml: has more than 100 errors; the rest is left out"));
    }

    private static IEnumerable<TestCaseData> BombCases => Bombs.Select(bomb => new TestCaseData(bomb.Text).SetArgDisplayNames(bomb.Name));

    [TestCase("a: b\0c: d", ExpectedResult = "f:1:5: has the control character U+0000")]
    [TestCase("a: b\nc: \u001b[2J", ExpectedResult = "f:2:4: has the control character U+001B")]
    [TestCase("a: \u0085\u0090", ExpectedResult = "f:1:5: has the control character U+0090")]
    public string Control_characters_are_refused(string text) => DecodingError(Encoding.UTF8.GetBytes(text));

    [TestCase(new byte[] { (byte)'a', (byte)'\n', (byte)'b', 0xff }, ExpectedResult = "f:2:2: is not UTF-8 from here on")]
    [TestCase(new byte[] { 0xff, 0xfe, (byte)'a', 0 }, ExpectedResult = "f:1:1: is not UTF-8 from here on")]
    [TestCase(new byte[] { 0xed, 0xa0, 0x80 }, ExpectedResult = "f:1:1: is not UTF-8 from here on")]
    public string Other_encodings_are_refused(byte[] bytes) => DecodingError(bytes);

    [Test]
    public void A_byte_order_mark_and_CRLF_are_accepted()
    {
        var text = YamlText.Decode([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Yaml.Minimal.ReplaceLineEndings("\r\n"))], "f");

        Assert.That(Yaml.Load(text).Inputs[0].Stream.Cluster, Is.EqualTo("c"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_device_without_an_end_is_refused(CancellationToken cancellationToken)
    {
        var reading = Task.Run(() => YamlText.Read("/dev/zero", "f"), cancellationToken).WaitAsync(cancellationToken);

        Assert.That(async () => await reading, Throws.TypeOf<ConfigurationException>().With.Message.EqualTo("f: is larger than 1MiB: this is no configuration of Sealtail"));
    }

    [Test]
    public void Ten_thousand_damaged_files_yield_a_configuration_or_errors_with_places()
    {
        var seed = TestContext.CurrentContext.Random.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var good = Yaml.Minimal + "chunk: { max_size: '16MiB', max_age: \"30s\" } # all of it\nspool:\n  max_size: |\n    4GiB\n";
        const string Pieces = "{}[]:,#&*!|>'\"%@`-? \n\t\\$~<=a0é\u2028😀";

        for (var round = 0; round < 10_000; round++)
        {
            var text = new StringBuilder(good);
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                var at = random.Next(text.Length);
                if (random.Next(3) == 0) text.Remove(at, Math.Min(random.Next(1, 10), text.Length - at));
                else text.Insert(at, Pieces[random.Next(Pieces.Length)]);
            }

            Assert.That(() => Yaml.ErrorsOf(text.ToString()), Throws.Nothing, text.ToString());
        }
    }

    private static string DecodingError(byte[] bytes) => Assert.Throws<ConfigurationException>(() => YamlText.Decode(bytes, "f"))!.Message; // or it would have failed
}
