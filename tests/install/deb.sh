#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the Debian packages of a build, has lintian judge them, installs them into a scratch root, uses the program from
# there, and removes them again.
#     deb.sh BUILD-FOLDER
set -eu
build=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root

fail() {
    echo "$*" >&2
    exit 1
}

make_packages() {
    for tool in cpack dpkg-shlibdeps lintian file; do
        command -v $tool >/dev/null || fail "there is no $tool; packages.txt names its package, in the set test"
    done
    cpack --config "$build/CPackConfig.cmake" -B "$scratch/made" >"$scratch/said" 2>&1 || fail "$(cat "$scratch/said")"
    mkdir "$scratch/packages"
    mv "$scratch/made"/*.deb "$scratch/packages"
    version=$(sed -n '1s/.*(\(.*\)).*/\1/p' "$source/packaging/debian/changelog")
    architecture=$(dpkg --print-architecture)
    program=$scratch/packages/edgefetch_${version}_$architecture.deb
    [ -f "$program" ] || fail "the changelog's newest version, $version, is not that of $(ls "$scratch/packages")"
}

# Errors, and those warnings that mean a file is not as Debian wants it. pkg-config-unavailable-for-cross-compilation
# is gone with -DCMAKE_INSTALL_PREFIX=/usr, which puts the library where it depends on the architecture.
judge() {
    lintian --no-cfg --allow-root --fail-on error,warning \
        --suppress-tags pkg-config-unavailable-for-cross-compilation "$scratch/packages"/*.deb ||
        fail "lintian is not content"
}

# What a program is linked with and what it loads: all of it by names that are in it.
libraries_of() {
    strings "$1" | grep -oE 'lib[a-z0-9]+\.so\.[0-9]+' | sort -u
}

# Of every library of the program, the package is among those it depends on.
check_dependencies() {
    depends=", $(dpkg-deb -f "$program" Depends),"
    dpkg-deb -x "$program" "$scratch/program"
    for library in $(libraries_of "$scratch/program/usr/bin/edgefetch"); do
        for package in $(dpkg -S "*/$library" | cut -d: -f1 | sort -u); do
            case $depends in *", $package "* | *", $package,"*) continue 2 ;; esac
        done
        fail "edgefetch depends on ${depends#, } none of which has $library"
    done
}

# brings PACKAGE FILE...: the package has these files below /usr.
brings() {
    package=$1
    shift
    dpkg-deb --fsys-tarfile "$scratch/packages/${package}_${version}_$architecture.deb" | tar -t >"$scratch/listed"
    for file in "$@"; do
        grep -qxF "./usr/$file" "$scratch/listed" || fail "$package does not bring /usr/$file"
    done
}

# The worker program comes with the library that starts it, pages and completions with what they tell of.
check_places() {
    library=${version%.*}
    brings edgefetch bin/edgefetch share/man/man1/edgefetch.1.gz share/man/man1/edgefetch-retry.1.gz \
        share/man/man5/edgefetch-manifest.5.gz share/bash-completion/completions/edgefetch \
        share/zsh/vendor-completions/_edgefetch share/fish/vendor_completions.d/edgefetch.fish
    brings "libedgefetch$library" "lib/libedgefetch.so.$library"
    brings "libedgefetch-run$library" "lib/libedgefetch-run.so.$library" libexec/edgefetch/edgefetch-worker
    brings libedgefetch-dev lib/libedgefetch.so lib/libedgefetch-run.so lib/pkgconfig/edgefetch.pc \
        lib/pkgconfig/edgefetch-run.pc include/edgefetch/edges.h include/edgefetch/run.h \
        share/man/man3/libedgefetch.3.gz share/man/man3/libedgefetch-run.3.gz
}

# dpkg wants to be root; where we are not, of a user namespace.
into_root() {
    become=""
    [ "$(id -u)" -eq 0 ] || become="unshare -r"
    $become dpkg --root="$root" --force-depends --log="$scratch/log" "$@" >"$scratch/said" 2>&1 ||
        fail "$(cat "$scratch/said")"
}

install_packages() {
    mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
    : >"$root/var/lib/dpkg/status"
    into_root --install "$scratch/packages"/*.deb
}

# The same files for everybody: no path of the folder that they were made in, nor a search path for libraries.
check_files() {
    if grep -rlF "$source" "$root/usr"; then
        fail "these tell where they were built: in $source"
    fi
    if readelf -d "$root/usr/bin/edgefetch" | grep -E 'R(UN)?PATH'; then
        fail "edgefetch has a search path for libraries"
    fi
    if readelf -S "$root/usr/bin/edgefetch" | grep '\.symtab'; then
        fail "edgefetch is not stripped"
    fi
}

run_demo() {
    "$root/usr/bin/edgefetch" demo -q --latency 0 -o "$scratch/demo"
    [ "$(find "$scratch/demo/edges" -name '*.png' | wc -l)" -eq 12 ] || fail "the demo did not make 12 maps"
}

remove_packages() {
    # shellcheck disable=SC2046 # names are words
    into_root --remove $(for package in "$scratch/packages"/*.deb; do dpkg-deb -f "$package" Package; done)
    left=$(find "$root" -path "$root/var/lib/dpkg" -prune -o ! -type d -print)
    [ -z "$left" ] && [ ! -e "$root/usr" ] || fail "the packages left behind: ${left:-folders below usr}"
}

make_packages
judge
check_dependencies
check_places
install_packages
check_files
run_demo
remove_packages
echo "packed, installed, used and removed"
