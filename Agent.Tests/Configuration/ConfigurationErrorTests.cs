using NUnit.Framework;
using Sealtail.Configuration;

namespace Sealtail.Tests.Configuration;

/// <summary>What is wrong, where it stands and what to do: the exact words, because people act on them.</summary>
internal sealed class ConfigurationErrorTests
{
    private const string Log = "1 to 63 of a-z, 0-9, '.' and '-', beginning and ending with a letter or digit";

    // The line numbers of Minimal: service 1, inputs 2, output 3; what a case adds begins in line 4.
    private static readonly (string Name, string Added, string[] Errors)[] Added =
    [
        ("unknown section", "chunks: {}", ["sealtail.yaml:4:1: chunks: unknown key, did you mean chunk?"]),
        ("unknown key", "spool: { max_siez: 4GiB }", ["sealtail.yaml:4:10: spool.max_siez: unknown key, did you mean max_size?"]),
        ("key of another section", "spool: { compression: 4 }", ["sealtail.yaml:4:10: spool.compression: unknown key here, did you mean chunk.compression?"]),
        ("key like nothing", "spool: { zzz: 4 }", ["sealtail.yaml:4:10: spool.zzz: unknown key; known are max_size, min_free"]),
        ("key with an escape sequence", "\"\\ec\u202e\": 4", [@"sealtail.yaml:4:1: '\u{1b}c\u{202e}': unknown key; known are service, inputs, chunk, signing, spool, output"]),
        ("dotted key", "chunk.max_size: 4MiB", ["sealtail.yaml:4:1: chunk.max_size: must be written as max_size in the section chunk"]),
        ("section that is a value", "chunk: 16MiB", ["sealtail.yaml:4:8: chunk: must be a mapping with max_size, max_age, max_silence, compression"]),
        ("section that is a list", "chunk: [16MiB]", ["sealtail.yaml:4:8: chunk: must be a mapping with max_size, max_age, max_silence, compression"]),
        ("value that is a mapping", "chunk: { max_size: { a: b } }", ["sealtail.yaml:4:20: chunk.max_size: must be one value, such as 4MiB"]),
        ("value that is a list", "chunk: { max_size: [16MiB] }", ["sealtail.yaml:4:20: chunk.max_size: must be one value, such as 4MiB"]),
        ("no value", "chunk:\n  max_size:", ["sealtail.yaml:5:12: chunk.max_size: has no value; give one, such as 4MiB, or leave the key out"]),
        ("tilde for no value", "chunk: { max_size: ~ }", ["sealtail.yaml:4:20: chunk.max_size: has no value; give one, such as 4MiB, or leave the key out"]),
        ("duplicate key", "spool: { max_size: 4GiB, max_size: 8GiB }", ["sealtail.yaml:4:26: max_size is given twice, first in line 4"]),
        ("duplicate section", "output: {}", ["sealtail.yaml:4:1: output is given twice, first in line 3"]),
        ("size without a unit", "spool: { max_size: 4 }", ["sealtail.yaml:4:20: spool.max_size: needs a unit: one of B, KiB, MiB, GiB, TiB, such as 16MiB (was 4)"]),
        ("decimal unit", "spool: { max_size: 4GB }", ["sealtail.yaml:4:20: spool.max_size: has the unknown unit GB, did you mean GiB? Write a whole number with one of B, KiB, MiB, GiB, TiB, such as 16MiB"]),
        ("unit of Kubernetes", "spool: { max_size: 4Gi }", ["sealtail.yaml:4:20: spool.max_size: has the unknown unit Gi, did you mean GiB? Write a whole number with one of B, KiB, MiB, GiB, TiB, such as 16MiB"]),
        ("time as a size", "spool: { max_size: 4s }", ["sealtail.yaml:4:20: spool.max_size: has the unknown unit s. Write a whole number with one of B, KiB, MiB, GiB, TiB, such as 16MiB"]),
        ("fraction of a size", "spool: { max_size: 1.5GiB }", ["sealtail.yaml:4:20: spool.max_size: has the unknown unit .5GiB. Write a whole number with one of B, KiB, MiB, GiB, TiB, such as 16MiB"]),
        ("negative size", "spool: { max_size: -4GiB }", ["sealtail.yaml:4:20: spool.max_size: must be a size: a whole number with a unit, such as 16MiB (was -4GiB)"]),
        ("size beyond 63 bits", "spool: { max_size: 99999999999TiB }", ["sealtail.yaml:4:20: spool.max_size: is too large (was 99999999999TiB)"]),
        ("size below the range", "spool:\n  max_size: 8MiB", ["sealtail.yaml:5:13: spool.max_size: must be at least 64MiB (was 8MiB)"]),
        ("size above the range", "chunk: { max_size: 2GiB }", ["sealtail.yaml:4:20: chunk.max_size: must be at most 1GiB (was 2GiB)"]),
        ("duration without a unit", "chunk: { max_age: 30 }", ["sealtail.yaml:4:19: chunk.max_age: needs a unit: one of ms, s, m, h, d, such as 30s (was 30)"]),
        ("spelt-out unit", "chunk: { max_age: 30sec }", ["sealtail.yaml:4:19: chunk.max_age: has the unknown unit sec, did you mean s? Write a whole number with one of ms, s, m, h, d, such as 30s"]),
        ("duration below the range", "chunk: { max_age: 10ms }", ["sealtail.yaml:4:19: chunk.max_age: must be at least 1s (was 10ms)"]),
        ("part of a second", "chunk: { max_age: 1500ms }", ["sealtail.yaml:4:19: chunk.max_age: must be whole seconds (was 1500ms)"]),
        ("integer out of range", "chunk: { compression: 10 }", ["sealtail.yaml:4:23: chunk.compression: must be a whole number from 1 to 9 (was 10)"]),
        ("integer that is a word", "chunk: { compression: best }", ["sealtail.yaml:4:23: chunk.compression: must be a whole number from 1 to 9 (was best)"]),
        ("boolean of YAML 1.1", "signing: { generate: yes }", ["sealtail.yaml:4:22: signing.generate: must be true or false (was yes)"]),
        ("path with a tilde", "signing: { key: ~/signing.pem }", ["sealtail.yaml:4:17: signing.key: must be a path without '~', which only a shell expands: write it out or use ${HOME} (was ~/signing.pem)"]),
        ("path that is a URL", "signing: { key: file:///signing.pem }", ["sealtail.yaml:4:17: signing.key: must be a path, not a URL (was file:///signing.pem)"]),
        ("empty path", "signing: { key: '' }", ["sealtail.yaml:4:17: signing.key: must be a path (was empty)"]),
        ("unset variable", "signing: { key: '${KEY}' }", ["sealtail.yaml:4:17: signing.key: the environment variable KEY is not set; set it or write ${KEY:-default}"]),
        ("empty variable", "signing: { key: '${EMPTY}' }", ["sealtail.yaml:4:17: signing.key: the environment variable EMPTY is empty; set it or write ${EMPTY:-default}"]),
        ("wrong value from a variable", "chunk: { compression: '${LEVEL}' }", ["sealtail.yaml:4:23: chunk.compression: must be a whole number from 1 to 9 (was ten); the value is from the environment: LEVEL"]),
        ("variable left open", "signing: { key: '${KEY' }", ["sealtail.yaml:4:17: signing.key: has '${' without '}'; to write these characters themselves, write $${ (was '${KEY')"]),
        ("variable of a shell's other kind", "signing: { key: '${KEY:?gone}' }", ["sealtail.yaml:4:17: signing.key: has '${KEY:?gone}', which is neither ${NAME} nor ${NAME:-default}"]),
        ("variable in a default", "signing: { key: '${KEY:-${HOME}}' }", ["sealtail.yaml:4:17: signing.key: has a variable within the default of ${KEY}, which is not supported"]),
        ("silence shorter than two chunks", "chunk: { max_age: 10m, max_silence: 15m }", ["sealtail.yaml:4:37: chunk.max_silence: chunk.max_silence must be at least twice chunk.max_age (15m is less than 2 × 10m)"]),
        ("age longer than half the default silence", "chunk: { max_age: 10m }", ["sealtail.yaml:4:19: chunk.max_age: chunk.max_silence must be at least twice chunk.max_age (10m is less than 2 × 10m)"]),
        ("spool smaller than two chunks", "chunk: { max_size: 1GiB }\nspool: { max_size: 1GiB }", ["sealtail.yaml:5:20: spool.max_size: spool.max_size must be at least twice chunk.max_size (1GiB is less than 2 × 1GiB)"]),
        ("key in an input's state", "signing: { key: /var/lib/sealtail/audit/signing.pem }", ["sealtail.yaml:4:17: signing.key: the key /var/lib/sealtail/audit/signing.pem and the input's state directory /var/lib/sealtail/audit must not be one in the other"]),
        ("anchor", "spool: &s { max_size: 4GiB }", ["sealtail.yaml:4:8: anchors (&name) are not supported; write the value where it is needed"]),
        ("alias", "spool: *s", ["sealtail.yaml:4:8: aliases (*name) are not supported; write the value again"]),
        ("merge key", "spool: { <<: { max_size: 4GiB } }", ["sealtail.yaml:4:10: merge keys (<<) are not supported; write the values where they are needed"]),
        ("tag", "spool: { max_size: !!str 4GiB }", ["sealtail.yaml:4:20: tags (!name) are not supported; write the plain value"]),
        ("key that is a list", "? [a, b]\n: c", ["sealtail.yaml:4:3: a key must be a plain word"]),
        ("second document", "---\nspool: {}", ["sealtail.yaml:4:1: has a second document; write one document only"]),
        ("deep nesting", "spool: [[[[[[[[[[[1]]]]]]]]]]]", ["sealtail.yaml:4:16: is nested deeper than any key"]),
        ("bracket left open", "spool: { max_size: 4GiB", ["sealtail.yaml:5:1: is not valid YAML: While parsing a flow mapping, did not find expected ',' or '}'. (within the '{' that line 4 opens)"]),
        ("list left open", "spool: [1, 2\nchunk: 3", ["sealtail.yaml:4:9: is not valid YAML after this (within the '[' that line 4 opens)"]),
        ("dotted key of nothing", "a.b: 4MiB", ["sealtail.yaml:4:1: a.b: unknown key"]),
        ("key with the table's own brackets", "inputs[].name: a", ["sealtail.yaml:4:1: inputs[0].name: must be written as name in the section inputs"]),
        ("quote left open", "spool: 'x", ["sealtail.yaml:4:8: is not valid YAML: While scanning a quoted scalar, found unexpected end of stream."]),
        ("escape beyond Unicode", "spool: \"\\UFFFFFFFF\"", ["sealtail.yaml:4:1: is not valid YAML after this"]),
    ];

    private static readonly (string Name, string Text, string[] Errors)[] Whole =
    [
        ("nothing", "", ["sealtail.yaml:1:1: service.cluster: is required, such as prod-eu1", "sealtail.yaml:1:1: output.bucket: is required, such as gs://acme-audit/k8s", "sealtail.yaml:1:1: inputs: is required: at least one log, with name and path"]),
        ("a word", "sealtail", ["sealtail.yaml:1:1: must be a mapping of the sections service, inputs, chunk, signing, spool, output"]),
        ("no inputs", "service: {cluster: c}\noutput: {bucket: gs://bucket}\ninputs: []", ["sealtail.yaml:3:9: inputs: must be a list of 1 to 64 logs, each with name and path"]),
        ("inputs that are a mapping", "service: {cluster: c}\noutput: {bucket: gs://bucket}\ninputs: {name: a}", ["sealtail.yaml:3:9: inputs: must be a list of 1 to 64 logs, each with name and path"]),
        ("an input that is a word", "service: {cluster: c}\noutput: {bucket: gs://bucket}\ninputs:\n  - audit", ["sealtail.yaml:4:5: inputs[0]: must be a mapping with name, path, start, poll_interval, max_held"]),
        ("an input without a path", "service: {cluster: c}\noutput: {bucket: gs://bucket}\ninputs:\n  - name: audit", ["sealtail.yaml:4:5: inputs[0].path: is required, such as /var/log/kubernetes/audit/audit.log"]),
        ("two inputs of one name", Inputs("{name: a, path: /x}", "{name: a, path: /y}"), ["sealtail.yaml:5:12: inputs[1].name: a is the name of inputs[0].name too; each input needs its own"]),
        ("two inputs on one path", Inputs("{name: a, path: /x/y}", "{name: b, path: /x/../x//y}"), ["sealtail.yaml:5:21: inputs[1].path: /x/y is the path of inputs[0].path too; each input needs its own"]),
        ("an unknown key of an input", Inputs("{name: a, path: /x, file: b}"), ["sealtail.yaml:4:25: inputs[0].file: unknown key here, did you mean output.credentials.file?"]),
        ("a wrong start", Inputs("{name: a, path: /x, start: older}"), ["sealtail.yaml:4:32: inputs[0].start: must be one of oldest, live (was older, did you mean oldest?)"]),
        ("a log in its own state", Inputs("{name: a, path: /var/lib/sealtail/a/x}"), ["sealtail.yaml:4:21: inputs[0].path: the log must not lie in its own state directory /var/lib/sealtail/a"]),
        ("an upper-case cluster", Service("cluster: Prod"), [$"sealtail.yaml:1:21: service.cluster: must be {Log} (was Prod)"]),
        ("a cluster with a slash", Service("cluster: a/b"), [$"sealtail.yaml:1:21: service.cluster: must be {Log} (was a/b)"]),
        ("an address without a port", Service("cluster: c, http: 127.0.0.1"), ["sealtail.yaml:1:30: service.http: must be IP:PORT, [IPv6]:PORT, localhost:PORT, or :PORT for every IPv4 interface; port 0 takes a free one (was 127.0.0.1)"]),
        ("an address by name", Service("cluster: c, http: 'node:80'"), ["sealtail.yaml:1:30: service.http: must be IP:PORT, [IPv6]:PORT, localhost:PORT, or :PORT for every IPv4 interface; port 0 takes a free one (was node:80)"]),
        ("a shortened address", Service("cluster: c, http: '127.1:80'"), ["sealtail.yaml:1:30: service.http: must be IP:PORT, [IPv6]:PORT, localhost:PORT, or :PORT for every IPv4 interface; port 0 takes a free one (was 127.1:80)"]),
        ("a port beyond 65535", Service("cluster: c, http: ':65536'"), ["sealtail.yaml:1:30: service.http: must be IP:PORT, [IPv6]:PORT, localhost:PORT, or :PORT for every IPv4 interface; port 0 takes a free one (was :65536)"]),
        ("another cloud", Output("bucket: s3://acme"), ["sealtail.yaml:3:19: output.bucket: must be gs://bucket[/prefix], file:///directory, or a path (relative to this file's directory); s3:// is not supported"]),
        ("a bucket without a name", Output("bucket: gs://"), ["sealtail.yaml:3:19: output.bucket: must name a bucket: 3 to 222 of a-z, 0-9, '.', '_' and '-' after gs:// (was gs://)"]),
        ("a prefix with an empty part", Output("bucket: gs://acme//k8s"), ["sealtail.yaml:3:19: output.bucket: must have a prefix of plain parts, none empty, '.' or '..', without *, ?, #, [, ] and control characters (was gs://acme//k8s)"]),
        ("file with two slashes", Output("bucket: file://bucket"), ["sealtail.yaml:3:19: output.bucket: must have three slashes and an absolute path after 'file:'; for a relative one write the path alone, such as ./bucket (was file://bucket)"]),
        ("a bucket in an input's state", Output("bucket: /var/lib/sealtail/a/bucket"), ["sealtail.yaml:3:19: output.bucket: the bucket /var/lib/sealtail/a/bucket and the input's state directory /var/lib/sealtail/a must not be one in the other"]),
        ("an endpoint for a directory", Output("bucket: /b, endpoint: http://localhost:4443"), ["sealtail.yaml:3:33: output.endpoint: is only for a gs:// bucket, and output.bucket is /b; leave it out"]),
        ("an endpoint with a path", Output("bucket: gs://bucket, endpoint: http://localhost:4443/storage/v1"), ["sealtail.yaml:3:42: output.endpoint: must be http://HOST[:PORT] or https://HOST[:PORT], without a path (was http://localhost:4443/storage/v1)"]),
        ("credentials for a directory", Output("bucket: /b, credentials: {type: metadata}"), ["sealtail.yaml:3:43: output.credentials.type: is only for a gs:// bucket, and output.bucket is /b; leave it out"]),
        ("a key file that is not named", Output("bucket: gs://bucket, credentials: {type: service_account}"), ["sealtail.yaml:3:52: output.credentials.type: service_account needs output.credentials.file"]),
        ("a file that nothing reads", Output("bucket: gs://bucket, credentials: {file: /k.json}"), ["sealtail.yaml:3:52: output.credentials.file: is not used with output.credentials.type: adc; set service_account, external_account or impersonated, or leave it out"]),
        ("a program that nothing runs", Output("bucket: gs://bucket, credentials: {type: metadata, allow_executable: true}"), ["sealtail.yaml:3:80: output.credentials.allow_executable: has no meaning with output.credentials.type: metadata; leave it out"]),
        ("a credential type in camel case", Output("bucket: gs://bucket, credentials: {type: serviceAccount}"), ["sealtail.yaml:3:52: output.credentials.type: must be one of adc, service_account, external_account, impersonated, metadata, none (was serviceAccount, did you mean service_account?)"]),
        ("a minimum of what is not required", Output("bucket: gs://bucket, retention: {require: none, minimum: 1d}"), ["sealtail.yaml:3:68: output.retention.minimum: contradicts output.retention.require: none; leave one of them out"]),
        ("many at once", "service: {cluster: C}\noutputs: {}\nchunk: {max_size: 1, max_age: x}", [
            $"sealtail.yaml:1:1: inputs: is required: at least one log, with name and path",
            "sealtail.yaml:1:1: output.bucket: is required, such as gs://acme-audit/k8s",
            $"sealtail.yaml:1:20: service.cluster: must be {Log} (was C)",
            "sealtail.yaml:2:1: outputs: unknown key, did you mean output?",
            "sealtail.yaml:3:19: chunk.max_size: needs a unit: one of B, KiB, MiB, GiB, TiB, such as 16MiB (was 1)",
            "sealtail.yaml:3:31: chunk.max_age: must be a duration: a whole number with a unit, such as 30s (was x)"]),
    ];

    [TestCaseSource(nameof(Cases))]
    public void It_is_refused_with_these_words(string text, string[] errors) =>
        Assert.That(Yaml.ErrorsOf(text, ("EMPTY", ""), ("LEVEL", "ten")), Is.EquivalentTo(errors));

    [TestCase("Node_1", ExpectedResult = "sealtail.yaml: service.node: the environment variable NODE_NAME must be 1 to 253 of a-z, 0-9, '.' and '-', beginning and ending with a letter or digit (was Node_1); or set service.node")]
    public string A_wrong_NODE_NAME_is_refused(string name) => Yaml.ErrorsOf(Yaml.Minimal, ("NODE_NAME", name)).Single();

    [Test]
    public void A_host_without_a_usable_name_needs_the_node_in_the_file()
    {
        var thrown = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Parse(Yaml.Minimal, "sealtail.yaml", "/", Yaml.Environment("___")));

        Assert.That(thrown.Message, Is.EqualTo("sealtail.yaml: service.node: is required here: the host name ___ yields no node name, and NODE_NAME is not set"));
    }

    [Test]
    public void Errors_are_told_in_the_order_of_the_file()
    {
        var places = Assert.Throws<ConfigurationException>(() => Yaml.Load(Whole[^1].Text)).Errors.Select(error => error.Place!.Value).ToArray(); // each has a place here

        Assert.That(places, Is.Ordered);
    }

    private static IEnumerable<TestCaseData> Cases =>
        Added.Select(row => (row.Name, Text: Yaml.Minimal + row.Added, row.Errors)).Concat(Whole)
            .Select(row => new TestCaseData(row.Text, row.Errors).SetArgDisplayNames(row.Name));

    private static string Service(string inner) => $"service: {{ {inner} }}\ninputs: [{{ name: a, path: /x }}]\noutput: {{ bucket: gs://bucket }}\n";

    private static string Output(string inner) => $"service: {{ cluster: c }}\ninputs: [{{ name: a, path: /x }}]\noutput: {{ {inner} }}\n";

    private static string Inputs(params string[] inputs) => $"service: {{ cluster: c }}\noutput: {{ bucket: gs://bucket }}\ninputs:\n{string.Concat(inputs.Select(input => $"  - {input}\n"))}";
}
