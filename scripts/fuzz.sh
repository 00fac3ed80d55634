#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds the fuzz targets and runs all of them for a given time, two at a time, from the inputs in tests/fuzz/corpus.
#   scripts/fuzz.sh [SECONDS] [TARGET...]     1800 seconds in all, and every target, unless told otherwise
# New inputs go to build/fuzz/found/TARGET, what crashes to build/fuzz/crashes, logs to build/fuzz/logs.
# Prints the executions of every target and their sum; exits 1 when one has failed, and says how to see it again.
#   scripts/fuzz.sh minimise TARGET...        the fewest inputs that reach all that is reached, into tests/fuzz/corpus
set -eu
cd "$(dirname "$0")/.."
. scripts/build.sh

# Target, share of the time, longest input in bytes. The slowest get most, and are first: what is left
# at the end is short.
targets="
encode    32 1024
process   14 4096
decode     8 4096
avif       6 4096
container  3 4096
kernels    3 1024
canny      3 1024
blur       2  512
resize     3 1024
runs       2  256
url        1  512
list       2 1024
manifest   2 1024
line_paths 1  512
wire       2  512
config     2 1024
options    3 1024
names      2  512
address    3  256
retry      2  128
robots     2  256
text       3  512
fdpass     2   64
"
at_a_time=2

# Freed memory is watched for as long as an input takes; more only costs time.
export ASAN_OPTIONS=quarantine_size_mb=4:thread_local_quarantine_size_kb=256:malloc_context_size=8

# run_target NAME SECONDS LONGEST. What hangs is told after a minute: on a busy machine others have the processors.
run_target() {
    mkdir -p "build/fuzz/found/$1" build/fuzz/crashes build/fuzz/logs
    quiet=0
    [ "$1" != manifest ] || quiet=2 # it complains about every manifest that is not ours
    words=""
    [ ! -f "tests/fuzz/words/$1" ] || words=-dict=tests/fuzz/words/$1
    nice "build/fuzz/tests/fuzz/fuzz_$1" -max_total_time="$2" -max_len="$3" -timeout=60 -rss_limit_mb=2048 \
        ${words:+"$words"} -close_fd_mask=$quiet -print_final_stats=1 -artifact_prefix="build/fuzz/crashes/$1-" \
        "build/fuzz/found/$1" "tests/fuzz/corpus/$1" >"build/fuzz/logs/$1" 2>&1 ||
        touch "build/fuzz/logs/$1.failed"
}

# The rows of the table that are asked for, by default all.
chosen() {
    echo "$targets" | awk -v names="$*" 'NF == 3 && (names == "" || index(" " names " ", " " $1 " "))'
}

# in_time SECONDS TARGET...: "NAME SECONDS LONGEST" of each, so that all of them together take the time.
in_time() {
    seconds=$(($1 * at_a_time))
    shift
    chosen "$@" | awk -v seconds=$seconds '
        { name[NR] = $1; share[NR] = $2; longest[NR] = $3; sum += $2 }
        END {
            for (i = 1; i <= NR; i++) {
                time = int(seconds * share[i] / sum)
                print name[i], (time > 0 ? time : 1), longest[i]
            }
        }'
}

# What a target that has failed leaves behind.
tell_failure() {
    printf '  FAILED: build/fuzz/logs/%s tells how; to see it again:\n' "$1"
    for input in build/fuzz/crashes/"$1"-*; do
        [ ! "$input" -nt build/fuzz/logs/begun ] || printf '    build/fuzz/tests/fuzz/fuzz_%s %s\n' "$1" "$input"
    done
}

report() {
    total=0
    failed=0
    while read -r name _; do
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/logs/$name")
        printf '%-10s %9d\n' "$name" "${runs:-0}"
        if [ -e "build/fuzz/logs/$name.failed" ]; then
            tell_failure "$name"
            failed=1
        fi
        total=$((total + ${runs:-0}))
    done < <(chosen "$@")
    printf '%-10s %9d executions\n' total $total
    return $failed
}

minimise() {
    for name in "$@"; do
        mkdir -p "build/fuzz/merged/$name"
        "build/fuzz/tests/fuzz/fuzz_$name" -set_cover_merge=1 -use_counters=0 -max_len=2048 -timeout=10 \
            "build/fuzz/merged/$name" "tests/fuzz/corpus/$name" "build/fuzz/found/$name" 2>&1 | tail -1
        # Those with a name of their own were bugs once.
        cp "tests/fuzz/corpus/$name"/*-* "build/fuzz/merged/$name" 2>/dev/null || true
        rm -r "tests/fuzz/corpus/$name"
        mv "build/fuzz/merged/$name" "tests/fuzz/corpus/$name"
    done
}

build fuzz fuzzers
if [ "${1-}" = minimise ]; then
    shift
    minimise "$@"
    exit
fi
seconds=1800
if [[ ${1-} =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
fi
for name in "$@"; do
    [ -n "$(chosen "$name")" ] || { echo "no target is called '$name'" >&2; exit 2; }
done
mkdir -p build/fuzz/logs
rm -f build/fuzz/logs/*.failed
touch build/fuzz/logs/begun
export -f run_target
in_time "$seconds" "$@" | xargs -P $at_a_time -L 1 bash -c 'run_target "$@"' run_target
report "$@"
