# SPDX-License-Identifier: MIT
# Sourced by ./run and ./test: configures when that is due, builds what has changed, and is silent when all is well.

# build PRESET [TARGET...]
build() {
    preset=$1
    shift
    configured=build/$preset/configured
    # Again when packages have come or gone: ./run needs fewer than ./test, which must find the rest.
    if [ ! -f "$configured" ] || [ /var/lib/dpkg/status -nt "$configured" ]; then
        quietly cmake --preset "$preset" || return 1
        touch "$configured"
    fi
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
