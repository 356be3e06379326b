namespace Sealtail.FakeGcs.Protocol;

/// <summary>GCS's etag: base64 of a protocol buffer with the generation as field 1 and the metageneration as field 2.</summary>
internal static class Etag
{
    public static string Of(long generation, long metageneration)
    {
        var bytes = new List<byte>();
        if (generation != 0)
            AddField(bytes, 0x08, generation);
        AddField(bytes, 0x10, metageneration);
        return Convert.ToBase64String([.. bytes]);
    }

    private static void AddField(List<byte> bytes, byte tag, long value)
    {
        bytes.Add(tag);
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
            bytes.Add((byte)(rest | 0x80));

        bytes.Add((byte)rest);
    }
}
