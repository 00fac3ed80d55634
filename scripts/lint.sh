#!/bin/bash
# SPDX-License-Identifier: MIT
# The house's rules, checked: layout, sizes, licence lines, the direction of includes, that every header compiles
# alone, and the syntax of examples for shells. Prints every breach and exits 1 if there is one.
set -u
cd "$(dirname "$0")/.."
breaches=0

breach() {
    echo "$*" >&2
    breaches=1
}

c_files() {
    git ls-files --cached --others --exclude-standard -- '*.c' '*.h' '*.cpp' '*.hpp'
}

# clang-format decides the layout.
check_layout() {
    c_files | xargs clang-format --dry-run --Werror 2>&1 | grep -E 'error:' && breach "run clang-format -i"
}

check_licence_lines() {
    git ls-files --cached --others --exclude-standard -- '*.c' '*.h' '*.cpp' '*.hpp' '*.py' '*.sh' '*.js' '*.mjs' '*.css' \
        run test .ci/run tests/bench/run tests/bench/downloads |
        xargs grep -L 'SPDX-License-Identifier: MIT' | while read -r file; do
        echo "$file: no SPDX line"
    done | grep . && breach "add the SPDX line"
}

# A file has at most 600 lines, a function at most 100; braces of functions stand in column 1.
check_sizes() {
    c_files | xargs awk '
        FNR == 1 { inside = 0 }
        FNR == 601 { print FILENAME ": more than 600 lines"; bad = 1 }
        /^\{/ { inside = FNR }
        /^\}/ && inside {
            if (FNR - inside > 100) { print FILENAME ":" inside ": a function of more than 100 lines"; bad = 1 }
            inside = 0
        }
        END { exit bad }' >&2 || breach "split it"
}

# may_not FOLDER PATTERN: no file of the folder includes what matches.
may_not() {
    grep -nE "^#include [<\"]($2)" -r "$1" && breach "$1 may not include these"
}

check_directions() {
    may_not src/base '(proc|image|run|origin|cli)/|worker\.h|uv\.h|curl/|jansson'
    may_not src/proc '(image|run|origin|cli)/|worker\.h|uv\.h|curl/|jansson'
    may_not src/image '(proc|run|origin|cli)/|worker\.h|uv\.h|curl/|jansson'
    may_not src/worker.c '(run|origin|cli)/|uv\.h|curl/|jansson'
    may_not src/run '(image|origin|cli|library)/|worker\.h'
    may_not src/library '(image|origin|cli)/|worker\.h'
    may_not src/origin '(proc|image|run|cli)/|worker\.h|uv\.h|curl/|jansson'
    may_not src/cli 'image/|worker\.h'
}

compile_alone() {
    printf '#include "%s"\n' "$PWD/$1" |
        cc -std=gnu17 -D_GNU_SOURCE -DEDGEFETCH_VERSION='""' -DEDGEFETCH_HOME='""' -Wall -Wextra -Werror -Iinclude -Isrc \
            -fsyntax-only -x c - || { echo "$1 does not compile alone" >&2; return 1; }
}

check_headers_alone() {
    export -f compile_alone
    git ls-files --cached --others --exclude-standard -- 'include/*.h' 'src/*.h' ':!src/scenes/*' |
        xargs -P "$(nproc)" -I '{}' bash -c 'compile_alone {}' || breach "a header needs others before it"
}

# Examples for shells that no test starts are proper shell.
check_shell() {
    git ls-files --cached --others --exclude-standard -- '*.sbatch' | while read -r file; do
        bash -n "$file" || echo "$file"
    done | grep . && breach "these are not proper shell"
}

check_layout
check_licence_lines
check_sizes
check_directions
check_headers_alone
check_shell
[ $breaches -eq 0 ] && echo "lint: clean"
exit $breaches
