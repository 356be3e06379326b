using NUnit.Framework;
using Sealtail.Observability;

namespace Sealtail.Tests.Observability;

internal sealed class ReadinessTests
{
    private static readonly StreamStatus Good = Statuses.Stream;

    [Test]
    public void A_stream_at_work_has_no_reason() => Assert.That(Reasons(Good), Is.Empty);

    [TestCase(29, ExpectedResult = "")]
    [TestCase(30, ExpectedResult = "outage prod-eu1/cp-1/audit: Uploads have failed since 2026-11-22T08:59:30Z: No reply.")]
    public string Failing_uploads_are_an_outage_once_they_last(int seconds) =>
        string.Join('\n', Reasons(Good with { Uploads = Good.Uploads with { FailingSince = Statuses.Now.AddSeconds(-seconds), Failure = "No reply." } }));

    [Test]
    public void Uploads_that_wait_for_an_administrator_are_told_at_once() =>
        Assert.That(
            Reasons(Good with { Uploads = Good.Uploads with { FailingSince = Statuses.Now, Failure = "No such bucket.", Parked = true } }),
            Is.EqualTo(new[] { "parked prod-eu1/cp-1/audit: Uploads wait for an administrator since 2026-11-22T09:00:00Z: No such bucket." }));

    [Test]
    public void A_full_spool_says_why() =>
        Assert.That(Reasons(Good with { Spool = Good.Spool with { FullReason = "Spool s is full." } }), Is.EqualTo(new[] { "spool-full prod-eu1/cp-1/audit: Spool s is full." }));

    [TestCase("missing", "source-missing prod-eu1/cp-1/audit: /var/log/audit.log is not there. It is read as soon as it is.")]
    [TestCase("unreadable", "source-unreadable prod-eu1/cp-1/audit: /var/log/audit.log cannot be read. Reading goes on as soon as it can.")]
    public void A_log_that_cannot_be_read_is_named(string state, string reason) =>
        Assert.That(Reasons(Good with { Source = Good.Source with { State = state } }), Is.EqualTo(new[] { reason }));

    [TestCase(RetentionReading.Ok, ExpectedResult = "")]
    [TestCase(RetentionReading.NotRequired, ExpectedResult = "")]
    [TestCase(RetentionReading.Unverified, ExpectedResult = "")]
    [TestCase(RetentionReading.Violated, ExpectedResult = "retention-violated: No policy.")]
    public string Only_a_violated_retention_is_a_reason(string state) =>
        string.Join('\n', Readiness.Of(Statuses.Destination with { Retention = Statuses.Destination.Retention with { State = state, Explanation = "No policy." } }));

    [TestCase(false, ExpectedResult = "")]
    [TestCase(true, ExpectedResult = "credential: The token server says no.")]
    public string A_credential_is_a_reason_once_requests_fail(bool fails) =>
        string.Join('\n', Readiness.Of(Statuses.Destination with { Credential = Statuses.Destination.Credential! with { Problem = "The token server says no.", Fails = fails } })); // it has one

    [Test]
    public void A_stream_without_an_epoch_is_ready() => Assert.That(Reasons(Good with { Chain = Good.Chain with { Epoch = null, LastConfirmed = null } }), Is.Empty);

    [Test]
    public void Every_reason_is_told_and_each_is_one_line()
    {
        var reasons = Reasons(Good with
        {
            Uploads = Good.Uploads with { FailingSince = Statuses.Now, Failure = "One\r\ntwo", Parked = true },
            Spool = Good.Spool with { FullReason = "Full." },
            Source = Good.Source with { State = "missing" },
        });

        Assert.That(reasons, Has.Length.EqualTo(3).And.All.Not.Contains("\n").And.All.Not.Contains("\r"));
    }

    [Test]
    public void The_status_survives_its_JSON()
    {
        var status = Statuses.Agent(Good, Good with { Source = Good.Source with { State = "missing", Position = null }, Chain = Good.Chain with { Epoch = null, LastConfirmed = null } });
        var text = System.Text.Encoding.UTF8.GetString(AgentStatusJson.Write(status));

        Assert.That(AgentStatusJson.Write(AgentStatusJson.Read(text)), Is.EqualTo(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.That(text, Does.Contain("\"ready\": false").And.Contain("\"version\": \"0.1.0+abc\"").And.Contain("\"at\": \"2026-11-22T09:00:00.000000Z\""));
    }

    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("<html>")]
    [TestCase("""{"version":null}""")]
    public void What_is_no_status_is_refused(string text) => Assert.That(() => AgentStatusJson.Read(text), Throws.InstanceOf<System.Text.Json.JsonException>());

    private static string[] Reasons(StreamStatus stream) => [.. Readiness.Of([stream], Statuses.Now).Select(reason => reason.ToString())];
}
