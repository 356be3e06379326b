using System.Reflection;
using System.Reflection.Emit;
using NUnit.Framework;

namespace Sealtail.Tests;

/// <summary>The shape of the code: who may use whom, what nobody may call.</summary>
internal sealed class ArchitectureTests
{
    // Data flows down this table. A row may name only rows above it, so the order is the proof that there is no cycle.
    private static readonly (string Folder, string[] MayUse)[] Table =
    [
        ("Format", []),
        ("Files", []),
        ("Observability", []),
        ("Buckets", ["Format", "Files", "Observability"]),
        ("Tailing", ["Format", "Files", "Observability"]),
        ("Sealing", ["Tailing", "Format", "Files", "Observability"]),
        ("Spooling", ["Format", "Files", "Observability"]),
        ("Chaining", ["Spooling", "Format", "Files", "Observability"]),
        ("Shipping", ["Chaining", "Spooling", "Buckets", "Format", "Observability"]),
        ("Verifying", ["Buckets", "Format"]),
        ("Proving", ["Chaining", "Buckets", "Verifying", "Format"]),
        ("Configuration", ["Format", "Tailing", "Sealing", "Spooling", "Chaining", "Shipping", "Buckets"]),
        ("Diagnosing", ["Format", "Files", "Buckets", "Tailing", "Spooling", "Chaining", "Configuration"]),
        ("Hosting", ["Format", "Files", "Observability", "Buckets", "Tailing", "Sealing", "Spooling", "Chaining", "Shipping", "Configuration"]),
        ("Commands", ["Format", "Files", "Observability", "Buckets", "Tailing", "Sealing", "Spooling", "Chaining", "Shipping", "Verifying", "Proving", "Configuration", "Diagnosing", "Hosting"]),
    ];

    private static readonly string[] Banned =
        ["DateTime.get_Now", "DateTime.get_UtcNow", "DateTimeOffset.get_Now", "DateTimeOffset.get_UtcNow", "Stopwatch.StartNew", "Thread.Sleep"];

    [TestCaseSource(nameof(Folders))]
    public void A_folder_uses_only_what_its_row_allows(string folder, string[] mayUse)
    {
        var offences =
            from type in AgentTypes
            where FolderOf(type) == folder
            from used in TypesUsedBy(type)
            let other = FolderOf(used)
            where other is not null && other != folder && !mayUse.Contains(other)
            select $"{type.FullName} uses {used.FullName}";

        Assert.That(offences.Distinct(), Is.Empty);
    }

    [Test]
    public void Rows_name_only_rows_above_them()
    {
        var above = new List<string>();
        foreach (var (folder, mayUse) in Table)
        {
            Assert.That(mayUse, Is.SubsetOf(above), folder);
            above.Add(folder);
        }
    }

    [Test]
    public void Every_folder_has_a_row() =>
        Assert.That(AgentTypes.Select(FolderOf).OfType<string>().Distinct(), Is.SubsetOf(Table.Select(row => row.Folder)));

    [Test]
    public void Time_comes_from_TimeProvider()
    {
        var offences =
            from type in AgentTypes
            from method in MethodsOf(type)
            from member in MembersNamedIn(method)
            let name = $"{member.DeclaringType?.Name}.{member.Name}"
            where Banned.Contains(name)
            select $"{type.FullName} calls {name}";

        Assert.That(offences.Distinct(), Is.Empty);
    }

    private static IEnumerable<TestCaseData> Folders => Table.Select(row => new TestCaseData(row.Folder, row.MayUse).SetArgDisplayNames(row.Folder));

    private static readonly Type[] AgentTypes = typeof(Sealtail.Format.Digest).Assembly.GetTypes();

    private static string? FolderOf(Type type) =>
        type.Assembly == AgentTypes[0].Assembly && type.Namespace?.Split('.') is ["Sealtail", var folder, ..] ? folder : null;

    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static IEnumerable<MethodBase> MethodsOf(Type type) => type.GetMembers(Declared).OfType<MethodBase>();

    // Signatures, fields, locals and everything a body names: `new`, calls, typeof, generic arguments, async state machines.
    private static IEnumerable<Type> TypesUsedBy(Type type)
    {
        var methods = MethodsOf(type).ToArray();
        return new[] { type.BaseType }
            .Concat(type.GetInterfaces())
            .Concat(type.GetFields(Declared).Select(field => field.FieldType))
            .Concat(methods.SelectMany(method => method.GetParameters()).Select(parameter => parameter.ParameterType))
            .Concat(methods.OfType<MethodInfo>().Select(method => method.ReturnType))
            .Concat(methods.SelectMany(method => method.GetMethodBody()?.LocalVariables ?? []).Select(local => local.LocalType))
            .Concat(methods.SelectMany(MembersNamedIn).SelectMany(TypesOf))
            .OfType<Type>()
            .SelectMany(Parts);
    }

    private static IEnumerable<Type?> TypesOf(MemberInfo member) => member switch
    {
        Type type => [type],
        MethodInfo { IsGenericMethod: true } method => [method.DeclaringType, .. method.GetGenericArguments()],
        _ => [member.DeclaringType],
    };

    // List<Chunk>[] is made of List<> and Chunk.
    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)]
        : [type];

    private static IEnumerable<MemberInfo> MembersNamedIn(MethodBase method)
    {
        var il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        return Tokens(il).Select(token => method.Module.ResolveMember(token, typeArguments, methodArguments)!);
    }

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    private static IEnumerable<int> Tokens(byte[] il)
    {
        for (var i = 0; i < il.Length;)
        {
            var code = OpCodesByValue[il[i] == 0xFE ? (short)(0xFE00 | il[i + 1]) : il[i]];
            i += code.Size;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                yield return BitConverter.ToInt32(il, i);

            i += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, i),
                _ => 4,
            };
        }
    }
}
