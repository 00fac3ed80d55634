# SPDX-License-Identifier: MIT
"""A container as Kubernetes makes it, as far as it matters to the program: a root that cannot be written to with the
volumes mounted in it, a user who is nobody, without capabilities and without a way to new privileges."""

import runner

# $1: an empty folder to be the root; then --, and VOLUME MOUNTPATH... until the next --.
BUILD = r"""
root=$1; shift 2
mount -t tmpfs none "$root"
for folder in /bin /lib /lib64 /usr /etc /dev /proc; do
    [ ! -e $folder ] || { mkdir "$root$folder" && mount --rbind $folder "$root$folder"; }
done
touch "$root/edgefetch" && mount --bind "$0" "$root/edgefetch"
while [ "$1" != -- ]; do
    mkdir -p "$root$2" && mount --bind "$1" "$root$2"
    shift 2
done
shift
mount -o remount,ro "$root"
exec chroot "$root" "$@"
"""


def command(root, volumes, user, environment):
    """What begins a command that is run in such a container. `volumes`: {mount path: folder}."""
    mounts = [word for path, folder in volumes.items() for word in (folder, path)]
    return (
        "unshare", "-m", "sh", "-euc", BUILD, runner.PROGRAM, root, "--", *mounts, "--",
        "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs",
        "--inh-caps=-all", "--bounding-set=-all",
        "env", "-i", *(f"{name}={value}" for name, value in environment.items()),
    )  # fmt: skip
