using System.Text.Json.Nodes;

namespace Sealtail.FakeGcs.Protocol;

/// <summary>The <c>fields</c> parameter: <c>items(name,size),nextPageToken</c> or <c>items/name</c>. Unknown names select nothing.</summary>
internal sealed class FieldMask
{
    private readonly Dictionary<string, FieldMask> children = [];

    public static FieldMask Parse(string text)
    {
        var root = new FieldMask();
        var at = 0;
        root.AddList(text, ref at);
        return at == text.Length ? root : throw GcsErrors.Invalid($"Invalid field selection {text}");
    }

    public JsonNode? Apply(JsonNode? node)
    {
        if (children.Count == 0 || children.ContainsKey("*"))
            return node?.DeepClone();

        return node switch
        {
            JsonArray array => new JsonArray([.. array.Select(Apply)]),
            JsonObject parent => new JsonObject(
                from member in parent
                where children.ContainsKey(member.Key)
                select KeyValuePair.Create(member.Key, children[member.Key].Apply(member.Value))),
            _ => node?.DeepClone(),
        };
    }

    private void AddList(string text, ref int at)
    {
        do
        {
            var branch = this;
            do
            {
                var start = at;
                while (at < text.Length && text[at] is not (',' or '(' or ')' or '/'))
                    at++;

                var name = text[start..at].Trim();
                branch = branch.children.TryGetValue(name, out var known) ? known : branch.children[name] = new FieldMask();
            }
            while (Skip('/', text, ref at));

            if (Skip('(', text, ref at))
            {
                branch.AddList(text, ref at);
                if (!Skip(')', text, ref at))
                    throw GcsErrors.Invalid($"Invalid field selection {text}");
            }
        }
        while (Skip(',', text, ref at));
    }

    private static bool Skip(char expected, string text, ref int at)
    {
        if (at == text.Length || text[at] != expected)
            return false;

        at++;
        return true;
    }
}
