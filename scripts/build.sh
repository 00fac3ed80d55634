# SPDX-License-Identifier: MIT
# Sourced by ./run and ./test: configures once, builds what has changed, and is silent when all is well.

# build PRESET [TARGET...]
build() {
    preset=$1
    shift
    [ -f "build/$preset/build.ninja" ] || quietly cmake --preset "$preset" ||
        { rm -f "build/$preset/build.ninja"; return 1; }
    quietly cmake --build --preset "$preset" ${1:+--target "$@"}
}

# Runs a command and shows what it printed only when it failed.
quietly() {
    output=$(mktemp)
    if "$@" >"$output" 2>&1; then
        rm -f "$output"
    else
        cat "$output" >&2
        rm -f "$output"
        return 1
    fi
}
