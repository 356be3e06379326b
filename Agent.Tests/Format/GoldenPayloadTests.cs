using System.Text;
using NUnit.Framework;
using Sealtail.Format;

namespace Sealtail.Tests.Format;

/// <summary>Pins spelling, order and escapes of every member of every kind of manifest.</summary>
internal sealed class GoldenPayloadTests
{
    [Test]
    public void The_writer_makes_the_payload_byte_for_byte([ValueSource(typeof(GoldenPayloads), nameof(GoldenPayloads.Names))] string name) =>
        Assert.That(Encoding.UTF8.GetString(ManifestWriter.ToPayload(GoldenPayloads.Get(name))), Is.EqualTo(File.ReadAllText(PathOf(name))));

    [Test]
    public void The_reader_gets_the_values_back([ValueSource(typeof(GoldenPayloads), nameof(GoldenPayloads.Names))] string name) =>
        Assert.That(ManifestReader.Parse(File.ReadAllBytes(PathOf(name))), Is.EqualTo(GoldenPayloads.Get(name)).Using(ManifestComparer.Instance));

    [Test]
    public void Every_kind_and_every_file_is_pinned()
    {
        Assert.That(GoldenPayloads.All.Select(payload => payload.Value.Kind).Distinct(), Is.EquivalentTo(Enum.GetValues<ManifestKind>()));
        Assert.That(Directory.GetFiles(Path.Combine(WorkedExample.Folder, "payloads")).Select(Path.GetFileNameWithoutExtension), Is.EquivalentTo(GoldenPayloads.Names));
    }

    /// <summary>A value added to an enumeration, or spelt anew, changes the format: it must be changed here too.</summary>
    [Test]
    public void The_words_of_the_format_are_these()
    {
        Assert.That(Enum.GetValues<ManifestKind>().Select(EnumText.Text), Is.EqualTo(new[] { "epoch-start", "chunk", "gap", "heartbeat", "stop" }));
        Assert.That(Enum.GetValues<CutReason>().Select(EnumText.Text), Is.EqualTo(new[] { "size", "age", "ranges", "final", "shutdown" }));
        Assert.That(
            Enum.GetValues<GapCause>().Select(EnumText.Text),
            Is.EqualTo(new[] { "rotated-away", "truncated", "replaced", "unreadable", "compressed-damaged", "continuity-unproven", "source-rolled-back", "spool-damaged", "state-lost" }));
        Assert.That(Enum.GetValues<StartCause>().Select(EnumText.Text), Is.EqualTo(new[] { "first-start", "restart", "state-lost", "state-corrupt" }));
        Assert.That(Enum.GetValues<SkipReason>().Select(EnumText.Text), Is.EqualTo(new[] { "taken", "unconfirmed" }));
        Assert.That(Enum.GetValues<ReceiptObject>().Select(EnumText.Text), Is.EqualTo(new[] { "chunk", "manifest" }));
        Assert.That(Enum.GetValues<PutResult>().Select(EnumText.Text), Is.EqualTo(new[] { "created", "exists" }));
        Assert.That(Enum.GetValues<SourceCondition>().Select(EnumText.Text), Is.EqualTo(new[] { "idle", "missing", "unreadable", "blocked" }));
    }

    private static string PathOf(string name) => Path.Combine(WorkedExample.Folder, "payloads", name + ".json");
}
