using Sealtail.Format;

namespace Sealtail.Proving;

/// <summary>What stands beside a proof for whoever gets it: what it proves, what it tells besides, and the shell lines that check it.</summary>
internal static class ProofReadme
{
    public static string Text(Proof proof, string bucket) =>
        $"""
        # Proof of one audit event

        `{ProofFolder.Record}` is, byte for byte, a line that kube-apiserver wrote to the audit log `{proof.Manifest.Stream}`: record {proof.Record.Index} (from 0) of
        {proof.Manifest.Entry.Content?.Records} in a chunk that the node's key signed at {Timestamp.Print(proof.Manifest.Signed)} by the node's clock, as manifest {proof.Manifest.Sequence} of epoch {proof.Manifest.Epoch}.
        The bucket was {bucket}.

        | file | what |
        |---|---|
        | `{ProofFolder.Record}` | the record, with its line feed |
        | `{ProofFolder.RecordPath}` | its place among the chunk's records, and the hashes that lead to their Merkle root (RFC 6962) |
        | `{ProofFolder.Manifest}` | the signed statement about the chunk (DSSE, in-toto), which has that root |
        | `{ProofFolder.ManifestKey}` | the key that signed it, keyid `{proof.Key.KeyId}` |
        | `{ProofFolder.Sigstore}` | the same statement as a Sigstore bundle |
        {LogRows(proof)}

        ## What it rests on

        **The key.** Whoever made this folder put it here. Compare its id with the one that you know the node by (`sealtail keys`), or give your own copy:

            sealtail verify-proof . --key YOUR-COPY.pub

        {LogText(proof)}

        It proves that the node's key vouched for this record. It does not prove that the chunk is complete, that nothing is missing around it, or the time by any
        clock but the node's: for that, verify the bucket. `auditID` is chosen by clients and may occur more than once.

        ## What it tells besides

        No other record is in here. The manifest, which must be whole to be checked, says of others: the audit ID, stage and time of the chunk's first and last
        record, the number and total size of its records, and the path and offsets of the log file. The path's hashes tell nothing of the records behind them,
        unless one of them is so short of surprises that it can be guessed as a whole.

        ## Checking it by hand

        With bash, coreutils, sed, OpenSSL and jq, in this folder (`bash -euo pipefail`):

        ```sh
        {ShellLines(proof.Log is not null)}
        ```

        """;

    private static string LogRows(Proof proof) => proof.Log is null
        ? "| | there is no path to a checkpoint: manifests before this one are missing |"
        : $"""
        | `{ProofFolder.Log}` | the manifest's place among its epoch's, the hashes up to a checkpoint of it, and that checkpoint (c2sp.org/tlog-proof) |
        | `{ProofFolder.LogKey}` | the key that signed the checkpoint |
        """;

    private static string LogText(Proof proof) => proof switch
    {
        { LogKey: { } key } when key.KeyId == proof.Key.KeyId => "**The checkpoint** is signed by the same key: the epoch's manifests, this one among them, cannot be told otherwise later without contradicting it.",
        { LogKey: { } key } => $"**The checkpoint** is signed by the key with id `{key.KeyId}`, which is not the manifest's. If it is not a key of the node that you know, it is the word of whoever made this proof on how the epoch's log looked then.",
        _ => "**No checkpoint** shows the manifest's place in its epoch: manifests before it are missing.",
    };

    /// <summary>The lines, with bash -euo pipefail; the last one says that it holds.</summary>
    public static string ShellLines(bool hasLog) =>
        $$"""
        export LC_ALL=C
        key={{ProofFolder.ManifestKey}}                 # better: your own copy
        work=$(mktemp -d)
        trap 'rm -rf "$work"' EXIT
        sha()   { sha256sum | cut -d ' ' -f 1; }
        bytes() { printf "$(printf %s "$1" | sed 's/../\\x&/g')"; }
        leaf()  { { printf '\0'; cat "$1"; } | sha; }
        node()  { { printf '\1'; bytes "$1"; bytes "$2"; } | sha; }
        climb() { # leaf, index, size, then the path: prints the root (RFC 6962)
          local hash=$1 at=$2 last=$(($3 - 1)); shift 3
          for sibling; do
            [ "$last" -gt 0 ]
            if [ $((at & 1)) -eq 1 ] || [ "$at" -eq "$last" ]; then
              hash=$(node "$sibling" "$hash")
              while [ $((at & 1)) -eq 0 ] && [ "$at" -gt 0 ]; do at=$((at >> 1)) last=$((last >> 1)); done
            else
              hash=$(node "$hash" "$sibling")
            fi
            at=$((at >> 1)) last=$((last >> 1))
          done
          [ "$last" -eq 0 ]
          echo "$hash"
        }

        # 1. The manifest is signed.
        jq -er .payload {{ProofFolder.Manifest}} | base64 -d > "$work/payload"
        jq -er '.signatures[0].sig' {{ProofFolder.Manifest}} | base64 -d > "$work/sig"
        { printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < "$work/payload")"; cat "$work/payload"; } > "$work/pae"
        openssl dgst -sha256 -verify "$key" -signature "$work/sig" "$work/pae"
        [ "$(jq -er .dsseEnvelope.payload {{ProofFolder.Sigstore}})" = "$(jq -er .payload {{ProofFolder.Manifest}})" ]

        # 2. The record is in the chunk that it speaks of.
        content() { jq -er ".predicate.content.$1" "$work/payload"; }
        root=$(climb "$(leaf {{ProofFolder.Record}})" "$(jq -er .index {{ProofFolder.RecordPath}})" "$(content records)" $(jq -r '.path[]' {{ProofFolder.RecordPath}}))
        [ "$root" = "$(content merkleRoot)" ]
        {{(hasLog ? LogLines : "")}}
        echo "The proof holds under key $(openssl pkey -pubin -in "$key" -outform DER | sha)."
        """;

    private const string LogLines =
        $$"""

        # 3. The manifest is in the log that the checkpoint speaks of.
        hex() { base64 -d | od -A n -v -t x1 | tr -d ' \n'; }
        sed -n '1,/^$/p' {{ProofFolder.Log}} | sed '$d' > "$work/proof"
        sed '1,/^$/d' {{ProofFolder.Log}} > "$work/note"
        sed '/^$/,$d' "$work/note" > "$work/text"
        origin="sealtail.dev/$(jq -er '.predicate | "\(.stream)/e\("0000000\(.epoch)" | .[-8:])"' "$work/payload")"
        [ "$(sed -n 1p "$work/proof")" = c2sp.org/tlog-proof@v1 ]
        [ "$(sed -n 2p "$work/proof")" = "index $(jq -er .predicate.sequence "$work/payload")" ]
        [ "$(sed -n 1p "$work/text")" = "$origin" ]
        sed -n "s|^— $origin ||p" "$work/note" | base64 -d | tail -c +5 > "$work/sig"
        openssl dgst -sha256 -verify {{ProofFolder.LogKey}} -signature "$work/sig" "$work/text"
        path=$(sed 1,2d "$work/proof" | while read -r line; do echo "$line" | hex; echo; done)
        root=$(climb "$(leaf "$work/payload")" "$(jq -er .predicate.sequence "$work/payload")" "$(sed -n 2p "$work/text")" $path)
        [ "$root" = "$(sed -n 3p "$work/text" | hex)" ]

        """;
}
