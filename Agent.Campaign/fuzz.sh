#!/usr/bin/env bash
# Coverage-guided fuzzing with AFL++ (Debian's package afl++): fuzz.sh TARGET SECONDS
# Instruments a copy of the program, so that the build stays as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:?usage: fuzz.sh TARGET SECONDS} seconds=${2:?usage: fuzz.sh TARGET SECONDS}
out=out/fuzz; mkdir -p "$out"
rm -rf "$out/bin" # what is instrumented already is refused
dotnet publish Agent.Campaign -c Release -o "$out/bin"
[ -x "$out/tool/sharpfuzz" ] || dotnet tool install --tool-path "$out/tool" SharpFuzz.CommandLine
"$out/tool/sharpfuzz" "$out/bin/sealtail.dll"
AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 \
  nice -n 19 afl-fuzz -V "$seconds" -t 10000 -m none -i "Agent.Campaign/corpus/$target" -o "$out/$target" -- dotnet "$out/bin/Agent.Campaign.dll" afl "$target"
grep -E '^(run_time|execs_done|edges_found|saved_crashes|saved_hangs)' "$out/$target/default/fuzzer_stats"
