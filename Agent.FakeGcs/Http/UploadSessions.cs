using System.Collections.Concurrent;
using Sealtail.FakeGcs.Protocol;

namespace Sealtail.FakeGcs.Http;

/// <summary>The resumable uploads under way, and those whose answer may be asked for again.</summary>
internal sealed class UploadSessions
{
    private readonly ConcurrentDictionary<string, UploadSession> sessions = new();

    public int Count => sessions.Count;

    public void Add(UploadSession session) => sessions[session.Id] = session;

    public UploadSession? Find(string id) => sessions.GetValueOrDefault(id);

    /// <summary>The store forgets what it was told: every session answers 410 from now on.</summary>
    public void Lose()
    {
        foreach (var session in sessions.Values)
            session.Ended = GcsErrors.Gone();
    }
}
