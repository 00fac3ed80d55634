# SPDX-License-Identifier: MIT
# Sourced by tests/bench/run and tests/bench/downloads, which stand in the project's folder by then.

python=/usr/bin/python3
[ -x "$python" ] || python=python3

# A path as it was meant where the command was given.
absolute() {
    realpath -m -- "$(cd "$started_in" && realpath -m -- "$1")"
}

# Sets scratch, a folder in memory where there is one, and lines, a file; both go at the end.
make_scratch() {
    local memory=/dev/shm
    [ -d "$memory" ] && [ -w "$memory" ] || memory=${TMPDIR:-/tmp}
    scratch=$(mktemp -d "$memory/edgefetch-bench-XXXXXX")
    lines=$(mktemp)
    trap 'rm -rf "$scratch" "$lines"' EXIT
}

version_of() {
    pkg-config --modversion "$1"
}

# Tables of what is in lines, and JSON if it is wanted: report [KEY=VALUE...]
report() {
    local about=("CPU=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" "cores=$(nproc)"
        "kernel=$(uname -sr)" "rounds=$rounds" "gcc=$(cc -dumpfullversion)"
        "libjpeg-turbo=$(version_of libjpeg)" "libpng=$(version_of libpng)"
        "libdeflate=$(version_of libdeflate)" "$@")
    "$python" -B tests/bench/report.py ${json:+--json "$json"} "${about[@]/#/--about=}" <"$lines"
}
