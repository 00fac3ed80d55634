#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the build into a scratch folder and uses it from there, as another project would: the examples through
# pkg-config and through the CMake package, the headers in C++, and the program with its samples.
#     check.sh BUILD-FOLDER C-COMPILER
set -eu
build=$1
compiler=$2
source=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$scratch"' EXIT
prefix=$scratch/prefix
picture=$source/data/samples/balloons.jpg

fail() {
    echo "$*" >&2
    exit 1
}

install_it() {
    cmake --install "$build" --prefix "$prefix" >/dev/null
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name edgefetch.pc)")
    LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
    export PKG_CONFIG_PATH LD_LIBRARY_PATH
    shared=$(find "$prefix" -name 'libedgefetch*.so')
    # The map that the program makes is what the library has to make.
    "$prefix/bin/edgefetch" edges -q -d canny --name '{stem}' -o "$scratch/out" "$picture"
}

use_pkg_config() {
    flags=$(pkg-config $([ -n "$shared" ] || echo --static) --cflags --libs edgefetch)
    # shellcheck disable=SC2086 # flags are words
    "$compiler" -std=c17 -Wall -Wextra -Wpedantic -Werror "$source/examples/edges.c" $flags -o "$scratch/example"
    "$scratch/example" "$picture" "$scratch/map.png" >"$scratch/said"
    grep -q '^1920x1080 jpeg$' "$scratch/said" || fail "the example said: $(cat "$scratch/said")"
    cmp "$scratch/map.png" "$scratch/out/edges/balloons.png"
}

# A picture that is none is an error with its sentence.
refuse() {
    if "$scratch/example" "$source/README.md" "$scratch/none.png" 2>"$scratch/said"; then
        fail "the example took README.md for a picture"
    fi
    grep -q 'not a picture' "$scratch/said" || fail "the example said: $(cat "$scratch/said")"
}

use_cmake() {
    cmake -G Ninja -S "$source/tests/install/project" -B "$scratch/project" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_C_COMPILER="$compiler" -DEXAMPLES="$source/examples" >/dev/null
    cmake --build "$scratch/project" >/dev/null
    "$scratch/project/edges" "$picture" "$scratch/map2.png" >/dev/null
    cmp "$scratch/map2.png" "$scratch/out/edges/balloons.png"
}

# The example of a run, built in both ways, finds the worker program beside the shared library; the static one knows
# only where the build was to be installed.
use_run() {
    [ -n "$shared" ] || export EDGEFETCH_WORKER="$(find "$prefix" -name edgefetch-worker)"
    flags=$(pkg-config --cflags --libs edgefetch-run libuv)
    # shellcheck disable=SC2086 # flags are words; uv.h wants POSIX
    "$compiler" -std=gnu17 -Wall -Wextra -Wpedantic -Werror "$source/examples/run.c" $flags -o "$scratch/run"
    "$prefix/bin/edgefetch" serve "$source/data/samples" >"$scratch/url" &
    server=$!
    while ! grep -q http "$scratch/url"; do sleep 0.05; done
    url=$(sed 's|/*$||' "$scratch/url")
    for program in "$scratch/run" "$scratch/project/run"; do
        rm -rf "$scratch/a" "$scratch/b"
        "$program" --allow-private "$scratch/a" "$url/balloons.jpg" , "$scratch/b" "$url/city.jpg" >"$scratch/said" ||
            fail "the example of a run said: $(cat "$scratch/said")"
        [ "$(grep -c '1 ok, 0 failed' "$scratch/said")" -eq 2 ] || fail "it said: $(cat "$scratch/said")"
    done
}

use_cplusplus() {
    printf '%s\n' '#include <edgefetch/run.h>' 'int main() { return ef_default_options().low == 100 ? 0 : 1; }' |
        clang -x c++ -Wall -Wextra -Wpedantic -Werror -I"$prefix/include" -fsyntax-only -
}

# Nothing but the interface is to be seen.
check_symbols() {
    [ -n "$shared" ] || return 0
    for library in $shared; do
        others=$(nm -D --defined-only "$library" | awk '$2 != "A" { print $3 }' | grep -v '^ef_') || true
        [ -z "$others" ] || fail "$library also exports: $others"
    done
}

# The installed program finds the installed samples.
run_demo() {
    "$prefix/bin/edgefetch" demo -q --latency 0 -o "$scratch/demo"
    [ "$(find "$scratch/demo/edges" -name '*.png' | wc -l)" -eq 12 ] || fail "the demo did not make 12 maps"
}

install_it
use_pkg_config
refuse
use_cmake
use_run
use_cplusplus
check_symbols
run_demo
echo "installed and used"
