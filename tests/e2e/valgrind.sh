#!/bin/sh
# SPDX-License-Identifier: MIT
# The release build under valgrind, in the place of the program. Workers keep their memory unlimited: valgrind
# needs more of it than a worker is allowed.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
[ "${1:-}" = serve ] || set -- "$@" --sandbox off
exec valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
    "$root/build/release/edgefetch" "$@"
