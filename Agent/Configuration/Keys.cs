using System.Net;
using Microsoft.Extensions.Logging;
using Sealtail.Buckets;
using Sealtail.Configuration.Kinds;
using Sealtail.Format;
using Sealtail.Tailing;

namespace Sealtail.Configuration;

/// <summary>
/// Every key there is, once: reading, checking, <c>config show</c>, the JSON Schema, docs/configuration.md and the test of
/// config/sealtail.yaml all follow this table.
/// </summary>
internal static class Keys
{
    public static readonly Key<string> Cluster = new("service.cluster", new LabelKind(StreamName.MaxLabel), example: "prod-eu1")
    {
        Documentation = "The cluster this node belongs to: the first part of every stream's name, `cluster/node/input`. Choose it once; under another name a new stream begins.",
    };

    public static readonly Key<string> Node = new("service.node", new LabelKind(StreamName.MaxNode), example: "${NODE_NAME}", otherwise: "the environment variable NODE_NAME, else the host name in lower case")
    {
        Documentation = "This node's name: the second part of every stream's name. In Kubernetes pass the node's name in NODE_NAME. No two nodes may share it. Characters of the host name that a name cannot have become '-'.",
    };

    public static readonly Key<string> State = new("service.state", new PathKind(), example: "/var/lib/sealtail", defaultText: "/var/lib/sealtail")
    {
        Documentation = "Where what is read but not yet confirmed survives a restart, one directory per input. It must be on a disk that outlives the process and belong to this node alone; it is bound to the stream and the bucket it was first used for.",
    };

    public static readonly Key<bool> AllowVolatileState = new("service.allow_volatile_state", new BooleanKind(), example: "true", defaultText: "false")
    {
        Documentation = "Accepts a state directory on tmpfs or overlay, which forgets everything with the machine or the container. For trials only: when such a directory is gone, the chain says that it was lost.",
    };

    public static readonly Key<IPEndPoint> Http = new("service.http", new AddressKind(), example: "127.0.0.1:2020", otherwise: "nothing is served")
    {
        Documentation = "Where /metrics, /healthz, /readyz and /status are served, in plain HTTP and without a password: keep it on loopback or behind a network policy.",
    };

    public static readonly Key<LogLevel> LogLevelKey = new("service.log.level", new ChoiceKind<LogLevel>(
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warn", LogLevel.Warning), ("error", LogLevel.Error)), example: "debug", defaultText: "info")
    {
        Documentation = "The least important messages that are written to standard error.",
    };

    public static readonly Key<LogFormat> LogFormatKey = new("service.log.format", new ChoiceKind<LogFormat>(("json", LogFormat.Json), ("text", LogFormat.Text)), example: "text", defaultText: "json")
    {
        Documentation = "One JSON object a line for a log collector, or text for people.",
    };

    public static readonly Key<string> InputName = new("inputs[].name", new LabelKind(StreamName.MaxLabel), example: "audit")
    {
        Documentation = "The log's name: the last part of its stream's name and the name of its directory under `service.state`. No two inputs may share it.",
    };

    public static readonly Key<string> InputPath = new("inputs[].path", new PathKind(), example: "/var/log/kubernetes/audit/audit.log")
    {
        Documentation = "The live log, as in kube-apiserver's --audit-log-path. Rotated backups are looked for beside it: make the directory visible to the agent, not the file alone. No two inputs may read one path.",
    };

    public static readonly Key<StartAt> InputStart = new("inputs[].start", new ChoiceKind<StartAt>(("oldest", StartAt.Oldest), ("live", StartAt.Live)), example: "live", defaultText: "oldest")
    {
        Documentation = "Where the very first start begins: at the oldest backup still there, or at the beginning of the live file. Every later start goes on where the last one ended.",
    };

    public static readonly Key<TimeSpan> PollInterval = new("inputs[].poll_interval", new DurationKind("10ms", "1m", wholeSeconds: false), example: "1s", defaultText: "250ms")
    {
        Documentation = "How often the log is looked at when no file system event wakes the reader sooner. It must be far shorter than the time between two rotations.",
    };

    public static readonly Key<long> MaxHeld = new("inputs[].max_held", new SizeKind("0B", "1TiB"), example: "4GiB", defaultText: "1GiB")
    {
        Documentation = "How many bytes of files that were deleted before they were read may be kept on disk by holding them open, while the bucket cannot be reached. Beyond that the oldest is released and the loss is signed as a gap.",
    };

    public static readonly Key<long> ChunkMaxSize = new("chunk.max_size", new SizeKind("64KiB", "1GiB"), example: "4MiB", defaultText: "16MiB")
    {
        Documentation = "Uncompressed bytes after which a chunk is sealed. Only a single longer record makes a larger chunk. Smaller chunks mean more objects and a manifest for each.",
    };

    public static readonly Key<TimeSpan> ChunkMaxAge = new("chunk.max_age", new DurationKind("1s", "1h", wholeSeconds: true), example: "10s", defaultText: "30s")
    {
        Documentation = "How long after its first record a chunk is sealed at the latest: about the longest time for which a record lies on the node only. Shorter means more objects.",
    };

    public static readonly Key<TimeSpan> MaxSilence = new("chunk.max_silence", new DurationKind("2s", "7d", wholeSeconds: true), example: "1h", defaultText: "10m")
    {
        Documentation = "The longest time the chain may be silent before verification calls the stream stale. A quiet log gets a signed heartbeat after half of it. At least twice `chunk.max_age`.",
    };

    public static readonly Key<int> Compression = new("chunk.compression", new IntegerKind(1, 9), example: "1", defaultText: "6")
    {
        Documentation = "gzip level: 1 takes about a third of the CPU time of 6 and makes somewhat larger objects.",
    };

    public static readonly Key<string> SigningKeyPath = new("signing.key", new PathKind(), example: "/etc/sealtail/signing.pem", otherwise: "signing.pem in `service.state`")
    {
        Documentation = "The node's private key: PKCS#8 PEM, P-256, mode 0600. One key per node signs all its streams; `sealtail keys` prints its lines for an auditor's trust file.",
    };

    public static readonly Key<bool> GenerateKey = new("signing.generate", new BooleanKind(), example: "false", defaultText: "true")
    {
        Documentation = "Makes the key, and FILE.pub beside it, when the file is missing. With false a missing key is an error, for keys that are handed out.",
    };

    public static readonly Key<string> PreviousKeyPath = new("signing.previous_key", new PathKind(), example: "/etc/sealtail/signing-2025.pem", otherwise: "none")
    {
        Documentation = "The key that `signing.key` replaces, for a change without a break: it signs each run's start too, so that an auditor who trusts the old key sees who handed over. Take it out, and destroy the old key, once a run under the new key is confirmed.",
    };

    public static readonly Key<long> SpoolMaxSize = new("spool.max_size", new SizeKind("64MiB", "1024TiB"), example: "16GiB", defaultText: "4GiB")
    {
        Documentation = "Compressed bytes that each input may keep while the bucket cannot be reached. When it is full, reading waits; nothing is dropped. At least twice `chunk.max_size`.",
    };

    public static readonly Key<long> SpoolMinFree = new("spool.min_free", new SizeKind("0B", "1024TiB"), example: "10GiB", otherwise: "the larger of 10 % of the file system and 2GiB")
    {
        Documentation = "Free bytes that are always left to the node on the state directory's file system. Below it, reading waits.",
    };

    public static readonly Key<string> Bucket = new("output.bucket", new LocationKind(), example: "gs://acme-audit/k8s")
    {
        Documentation = "Where chunks and manifests go: a Google Cloud Storage bucket with an optional prefix, or a directory. A directory holds no retention against its owner: use it for trials or for a write-once mount.",
    };

    public static readonly Key<Uri> Endpoint = new("output.endpoint", new UrlKind(), example: "https://storage.example.internal", otherwise: "the environment variable STORAGE_EMULATOR_HOST, else Google's")
    {
        Documentation = "Another server that speaks the Cloud Storage JSON API: a private endpoint, or a stand-in for trials. Only for gs://.",
    };

    public static readonly Key<CredentialType> Credential = new("output.credentials.type", new ChoiceKind<CredentialType>(
        ("adc", CredentialType.Adc), ("service_account", CredentialType.ServiceAccount), ("external_account", CredentialType.ExternalAccount),
        ("impersonated", CredentialType.Impersonated), ("metadata", CredentialType.Metadata), ("none", CredentialType.None)), example: "external_account", defaultText: "adc")
    {
        Documentation = "The one kind of credential that is accepted: `adc` takes Google's Application Default Credentials as they are found, `service_account` a key file, `external_account` a workload identity federation file, `impersonated` a file that impersonates a service account, `metadata` the machine's own identity, `none` sends no token (stand-ins only). Only for gs://.",
    };

    public static readonly Key<string> CredentialFile = new("output.credentials.file", new PathKind(), example: "/etc/sealtail/federation.json", otherwise: "no file; required for service_account, external_account and impersonated")
    {
        Documentation = "The credential's JSON file. Required for the types service_account, external_account and impersonated, and an error for the others.",
    };

    public static readonly Key<bool> AllowExecutable = new("output.credentials.allow_executable", new BooleanKind(), example: "true", defaultText: "false")
    {
        Documentation = "Accepts a federation file that names a program to run for its token. Whoever can change such a file can run programs as the agent.",
    };

    public static readonly Key<RetentionRequirement> RetentionRequire = new("output.retention.require", new ChoiceKind<RetentionRequirement>(
        ("locked", RetentionRequirement.Locked), ("policy", RetentionRequirement.Policy), ("none", RetentionRequirement.None)), example: "policy", otherwise: "locked for gs://, none for a directory")
    {
        Documentation = "What the bucket must prove: a locked retention policy, a policy that may still be unlocked, or nothing. What the agent may not look up counts as unverified, never as fine.",
    };

    public static readonly Key<TimeSpan> RetentionMinimum = new("output.retention.minimum", new DurationKind("1s", "36500d", wholeSeconds: true), example: "365d", otherwise: "any")
    {
        Documentation = "The shortest retention that is accepted. It is checked on every upload's reply and stated in the chain.",
    };

    public static readonly Key<ViolationAction> OnViolation = new("output.retention.on_violation", new ChoiceKind<ViolationAction>(("continue", ViolationAction.Continue), ("stop", ViolationAction.Stop)), example: "stop", defaultText: "continue")
    {
        Documentation = "What follows when the retention is not what is required: `continue` uploads with an alarm, because an unprotected copy beats none; `stop` keeps everything in the spool until it is mended.",
    };

    public static readonly Key<int> UploadParallel = new("output.upload.parallel", new IntegerKind(1, 64), example: "8", defaultText: "4")
    {
        Documentation = "How many chunks of one input are uploaded at the same time when there is a backlog. Manifests always go one by one.",
    };

    public static readonly Key<TimeSpan> UploadTimeout = new("output.upload.timeout", new DurationKind("1s", "1h", wholeSeconds: false), example: "5m", defaultText: "1m")
    {
        Documentation = "The limit of one attempt. An attempt that takes longer is repeated; the store keeps each object once.",
    };

    /// <summary>In the order of the reference; the keys of a section stand together.</summary>
    public static IReadOnlyList<Key> All { get; } =
    [
        Cluster, Node, State, AllowVolatileState, Http, LogLevelKey, LogFormatKey,
        InputName, InputPath, InputStart, PollInterval, MaxHeld,
        ChunkMaxSize, ChunkMaxAge, MaxSilence, Compression,
        SigningKeyPath, GenerateKey, PreviousKeyPath,
        SpoolMaxSize, SpoolMinFree,
        Bucket, Endpoint, Credential, CredentialFile, AllowExecutable, RetentionRequire, RetentionMinimum, OnViolation, UploadParallel, UploadTimeout,
    ];

    /// <summary>The file's sections by path, with a sentence each.</summary>
    public static IReadOnlyList<(string Path, string Documentation)> Sections { get; } =
    [
        ("service", "Who this agent is, where it keeps its state, and what it says of itself."),
        ("service.log", "The agent's own messages."),
        ("inputs", "The logs to ship, each with its own stream, state and spool."),
        ("chunk", "When the bytes read are sealed into an object."),
        ("signing", "The key that signs the chain."),
        ("spool", "How much room each input may take on the node."),
        ("output", "Where sealed objects go."),
        ("output.credentials", "As whom the bucket is written. `storage.objects.create` is enough."),
        ("output.retention", "What keeps objects from being changed, and what to do if nothing does."),
        ("output.upload", "How uploads are made."),
    ];
}
