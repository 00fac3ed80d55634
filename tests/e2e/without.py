# SPDX-License-Identifier: MIT
"""A kernel that lacks something: without.py WHAT... -- COMMAND runs the command where these system calls fail."""

import ctypes
import errno
import os
import platform
import struct
import sys

# Numbers of system calls on x86-64 and, by the generic table, elsewhere; and the first argument that it is about.
CALLS = {
    "seccomp": (317, 277, None, errno.ENOSYS),
    "flock": (73, 32, None, errno.ENOLCK),
    "landlock": (444, 444, None, errno.EOPNOTSUPP),
    "undumpable": (157, 167, 4, errno.EPERM),  # prctl(PR_SET_DUMPABLE)
}

LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def instruction(code, k, if_true=0, if_false=0):
    return struct.pack("<HBBI", code, if_true, if_false, k)


def refusing(what):
    """The instructions that refuse one of CALLS, and do nothing to the others."""
    amd64, generic, argument, error = CALLS[what]
    number = amd64 if platform.machine() == "x86_64" else generic
    code = instruction(LOAD, 0) + instruction(JUMP_IF_EQUAL, number, 0, 1 if argument is None else 3)
    if argument is not None:
        code += instruction(LOAD, 16) + instruction(JUMP_IF_EQUAL, argument, 0, 1)
    return code + instruction(RETURN, FAIL | error)


def main():
    split = sys.argv.index("--")
    code = b"".join(map(refusing, sys.argv[1:split])) + instruction(RETURN, ALLOW)
    filter_ = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(code) // 8, ctypes.addressof(filter_))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(program)) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
    os.execv(sys.argv[split + 1], sys.argv[split + 1 :])


main()
