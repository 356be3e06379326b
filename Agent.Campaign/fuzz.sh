#!/usr/bin/env bash
# Coverage-guided fuzzing with AFL++ (Debian's package afl++): fuzz.sh TARGET SECONDS, or fuzz.sh all SECONDS for all targets at once
# Instruments a copy of the program, so that the build stays as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:?usage: fuzz.sh TARGET|all SECONDS} seconds=${2:?usage: fuzz.sh TARGET|all SECONDS}
[ "$target" = all ] && target=$(ls Agent.Campaign/corpus)
out=out/fuzz; mkdir -p "$out"
rm -rf "$out/bin" # what is instrumented already is refused
dotnet publish Agent.Campaign -c Release -o "$out/bin"
[ -x "$out/tool/sharpfuzz" ] || dotnet tool install --tool-path "$out/tool" SharpFuzz.CommandLine
"$out/tool/sharpfuzz" "$out/bin/sealtail.dll"
export AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_FORKSRV_INIT_TMOUT=120000
# Where more targets than cores run, one may be without a turn for long: 20 s, that this is no hang.
for one in $target; do
  nice -n 19 afl-fuzz -V "$seconds" -t 20000 -m none -i "Agent.Campaign/corpus/$one" -o "$out/$one" -- dotnet "$out/bin/Agent.Campaign.dll" afl "$one" >"$out/$one.log" 2>&1 &
done
wait
for one in $target; do
  echo "$one:"
  grep -E '^(run_time|execs_done|edges_found|saved_crashes|saved_hangs)' "$out/$one/default/fuzzer_stats"
done
