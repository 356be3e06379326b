namespace Sealtail.Campaign;

/// <summary>Random changes of random seeds, as fuzzers make them.</summary>
internal static class Mutation
{
    private const int MostBytes = 1 << 16;

    private static readonly byte[] Interesting = [0, 1, 0x7f, 0x80, 0xff, (byte)'"', (byte)'{', (byte)'}', (byte)'[', (byte)']', (byte)',', (byte)':', (byte)'\\', (byte)'\n', (byte)' ', (byte)'-', (byte)'0', (byte)'9', (byte)'e', (byte)'='];

    public static byte[] Of(IReadOnlyList<byte[]> corpus, Random random)
    {
        var bytes = corpus[random.Next(corpus.Count)].ToList();
        for (var changes = 1 + random.Next(1 << random.Next(5)); changes > 0; changes--) Change(bytes, corpus, random);
        return [.. bytes.Take(MostBytes)];
    }

    private static void Change(List<byte> bytes, IReadOnlyList<byte[]> corpus, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, 1 + random.Next(1 << random.Next(8)));
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
            case 2 when at < bytes.Count: bytes[at] = Interesting[random.Next(Interesting.Length)]; break;
            case 3: bytes.Insert(at, Interesting[random.Next(Interesting.Length)]); break;
            case 4: bytes.RemoveRange(at, length); break;
            case 5: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
            case 6: bytes.RemoveRange(at, bytes.Count - at); break;
            case 7:
                var other = corpus[random.Next(corpus.Count)];
                var from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + length + 8)]);
                break;
            case 8 when at < bytes.Count && char.IsAsciiDigit((char)bytes[at]): bytes.InsertRange(at, "99999999999999999999"u8.ToArray()); break;
        }
    }
}
