namespace Sealtail.Tests.Faults;

/// <summary>One file on disk, under whatever name, and what it held between truncations.</summary>
internal sealed class SourceFile
{
    public required string Path { get; set; }

    /// <summary>Whether any name leads to it.</summary>
    public bool IsLinked { get; set; } = true;

    /// <summary>Whether the reader certainly has its descriptor: then nothing that happens to its names loses a byte.</summary>
    public bool IsHeld { get; set; }

    public List<Content> Contents { get; } = [new()];

    public Content Now => Contents[^1];
}

/// <summary>The bytes of a file from its creation or a truncation on, to the next truncation or the end of its last name.</summary>
internal sealed class Content
{
    public string Text { get; set; } = "";

    /// <summary>It was truncated, or its names went while nobody held it: what was not read by then is lost, and nobody can know how much that is.</summary>
    public bool MayLose { get; set; }

    /// <summary>It went in a way that leaves no trace if nothing of it was ever read: an outsider's doing between two looks, or the clock's.</summary>
    public bool IsTraceless { get; set; }

    /// <summary>From here on a late writer wrote; if nobody saw it before the file went, nobody can tell.</summary>
    public int? LateFrom { get; set; }

    /// <summary>It begins as other files do.</summary>
    public bool BeginsAsOthers { get; set; }

    /// <summary>What the file held after this was truncated.</summary>
    public Content? Next { get; set; }
}
