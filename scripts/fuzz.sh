#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds the fuzz targets and runs all of them, two at a time, from the inputs in tests/fuzz/corpus.
#   scripts/fuzz.sh [MILLIONS] [TARGET...]    10 million executions in all unless MILLIONS says otherwise
# New inputs go to build/fuzz/found/TARGET, what crashes to build/fuzz/crashes, logs to build/fuzz/logs.
# Prints the executions of every target; exits 1 when one failed.
#   scripts/fuzz.sh minimise TARGET...        the fewest inputs that reach all that is reached, into tests/fuzz/corpus
set -eu
cd "$(dirname "$0")/.."
. scripts/build.sh

# Target, executions of a thousand, longest input in bytes. The slow ones get fewer: AV1 is decoded by
# a library that takes its time, and `runs` repeats every byte up to 256 times.
targets="
process    60 4096
decode    120 4096
avif       10 4096
container 200 4096
kernels   110 1024
canny      30 1024
blur       20  512
resize     40 1024
encode     40 2048
runs       10  256
url       120  512
list       70 1024
manifest   30 1024
wire      140  512
"

# run_target NAME RUNS LONGEST
run_target() {
    mkdir -p "build/fuzz/found/$1" build/fuzz/crashes build/fuzz/logs
    quiet=0
    [ "$1" != manifest ] || quiet=2 # it complains about every manifest that is not ours
    nice "build/fuzz/tests/fuzz/fuzz_$1" -runs="$2" -max_len="$3" -timeout=10 -rss_limit_mb=2048 \
        -close_fd_mask=$quiet -print_final_stats=1 -artifact_prefix="build/fuzz/crashes/$1-" \
        "build/fuzz/found/$1" "tests/fuzz/corpus/$1" >"build/fuzz/logs/$1" 2>&1 ||
        touch "build/fuzz/logs/$1.failed"
}

# The rows of the table that are asked for, by default all.
chosen() {
    echo "$targets" | awk -v names="$*" 'NF == 3 && (names == "" || index(" " names " ", " " $1 " "))'
}

report() {
    total=0
    failed=0
    while read -r name _; do
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/logs/$name")
        note=""
        if [ -e "build/fuzz/logs/$name.failed" ]; then
            note="FAILED, see build/fuzz/logs/$name"
            failed=1
        fi
        printf '%-10s %9d %s\n' "$name" "${runs:-0}" "$note"
        total=$((total + ${runs:-0}))
    done < <(chosen "$@")
    printf '%-10s %9d\n' total $total
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
millions=${1:-10}
shift $(($# > 0))
rm -f build/fuzz/logs/*.failed
export -f run_target
chosen "$@" | while read -r name thousandth longest; do
    echo "$name $((thousandth * millions * 1000)) $longest"
done | xargs -P 2 -L 1 bash -c 'run_target "$@"' run_target
report "$@"
