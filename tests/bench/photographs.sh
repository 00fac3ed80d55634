# SPDX-License-Identifier: MIT
# Sourced by tests/bench/run: real photographs from the distribution's packages, which are downloaded and
# unpacked but not installed.

# fetch_photographs FOLDER: fills it once. False when there are none.
fetch_photographs() {
    local list=tests/bench/photographs.txt
    [ -f "$1/complete" ] && return 0
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
    echo "fetching photographs, 170 MB, into $1" >&2
    local unpacked package path
    mkdir -p "$1" && unpacked=$(mktemp -d "$1/unpacked-XXXXXX") || return 1
    for package in $(sed -n 's/^\([^#][^ ]*\) .*/\1/p' $list | sort -u); do
        (cd "$unpacked" && apt-get download -qq "$package" 2>/dev/null && dpkg-deb -x "$package"_*.deb .) ||
            echo "the package $package cannot be had" >&2
    done
    sed -n 's/^[^#][^ ]* //p' $list | while read -r path; do
        [ ! -f "$unpacked/usr/share/$path" ] ||
            cp "$unpacked/usr/share/$path" "$1/$(echo "$path" | sed 's,/contents/images/,-,; s,.*/,,')"
    done
    rm -rf "$unpacked"
    ls "$1"/*.jpg >/dev/null 2>&1 && touch "$1/complete"
}
