# SPDX-License-Identifier: MIT
# Sourced after build.sh by what needs packages of npm.

# node_modules FOLDER: puts what tests/FOLDER/package.json names below build/FOLDER, when that is due.
node_modules() {
    modules=build/$1
    if ! cmp -s "tests/$1/package.json" "$modules/package.json"; then
        rm -rf "$modules" "$modules.new"
        mkdir -p "$modules.new"
        cp "tests/$1/package.json" "$modules.new"
        quietly npm install --prefix "$modules.new" --no-package-lock --ignore-scripts --no-audit --no-fund || return 1
        mv "$modules.new" "$modules"
    fi
}
