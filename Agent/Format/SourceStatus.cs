namespace Sealtail.Format;

internal enum SourceCondition { Idle, Missing, Unreadable, Blocked }

/// <summary>
/// The live log at a heartbeat. Only <c>idle</c> with position + <c>Pending</c> = <c>Size</c> proves that nothing was left unread.
/// <c>Pending</c> counts the bytes of a last line without LF.
/// </summary>
internal readonly record struct SourceStatus(SourceCondition State, long Size, long Pending);
