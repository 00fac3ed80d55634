# SPDX-License-Identifier: MIT
# Sourced by ./run and ./test: installs what is missing of the sets named, from packages.txt.

# The packages of the sets, one a line.
packages_of() {
    for set in "$@"; do
        sed -n "s/^$set  *\([^ ]*\).*/\1/p" packages.txt
    done
}

# The command for which a package is there, if packages.txt names one: it may have come without the package.
command_of() {
    sed -n "s/^[a-z]*  *$1  *//p" packages.txt | head -n 1
}

is_installed() {
    command=$(command_of "$1")
    if [ -n "$command" ] && command -v "$command" >/dev/null 2>&1; then
        return 0
    fi
    dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^.i'
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        echo "installing packages needs root; please run as root: $*" >&2
        return 1
    fi
}

# Installs from the sets only what is not there, and says so. Without apt it says what is needed and goes on:
# the build will name whatever it does not find.
install_missing() {
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        echo "there is no apt here; these packages (or your system's like them) are needed:" >&2
        packages_of "$@" | tr '\n' ' ' >&2
        echo >&2
        return 0
    fi
    missing=""
    for package in $(packages_of "$@"); do
        is_installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    echo "installing:$missing" >&2
    # shellcheck disable=SC2086
    install_now $missing
}

install_now() {
    as_root env DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null' \
        sh "$@"
}

# The same for sets that one can do without: what cannot be installed is named.
install_what_there_is() {
    install_missing "$@" && return 0
    for package in $(packages_of "$@"); do
        is_installed "$package" || install_now "$package" || echo "the package $package cannot be had" >&2
    done
}
