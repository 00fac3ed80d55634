# SPDX-License-Identifier: MIT
"""What the compiler and the linker were asked to do against whoever finds a bug, read back from what is built."""

import platform
import re
import shutil
import subprocess

import pytest

import runner

LIBRARY = runner.PROGRAM.parent / "libedgefetch.so"


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def settings_of(program):
    """What its build was configured with; "": it is none of ours."""
    cache = program.parent / "CMakeCache.txt"
    return cache.read_text() if cache.exists() else ""


def is_ordinary(program):
    """Of an optimised build: not valgrind's script, and no sanitizer's."""
    settings = settings_of(program)
    return "-fsanitize" not in settings and "CMAKE_BUILD_TYPE:STRING=Release" in settings


@pytest.fixture(params=(runner.PROGRAM, LIBRARY), ids=lambda path: path.name)
def built(request):
    if not (is_ordinary(runner.PROGRAM) and shutil.which("readelf")):
        pytest.skip("for the build that users get, and with binutils")
    if not request.param.exists():
        pytest.skip("this build has no shared library")
    return request.param


def test_position_independent(built):
    """Goal: it can be loaded anywhere, so that no address in it is known before."""
    assert re.search(r"^ *Type: +DYN ", output_of("readelf", "-hW", built), re.M)
    dynamic = output_of("readelf", "-dW", built)
    assert built == LIBRARY or re.search(r"FLAGS_1.*\bPIE\b", dynamic)
    assert "TEXTREL" not in dynamic


def test_what_is_linked_cannot_be_changed(built):
    """Goal: every function of a library is found before the start, and the table is read-only from then on; no folder
    is searched for libraries but the system's."""
    dynamic = output_of("readelf", "-dW", built)
    assert re.search(r"\bBIND_NOW\b|FLAGS_1.*\bNOW\b", dynamic)
    assert "GNU_RELRO" in output_of("readelf", "-lW", built)
    assert "RPATH" not in dynamic and "RUNPATH" not in dynamic


def segments(program):
    """(type, flags) of each."""
    table = output_of("readelf", "-lW", program).split("Section to Segment")[0]
    return re.findall(r"^ +([A-Z_]+)(?: +0x[0-9a-f]+){5} +([RWE ]{3}) +0x", table, re.M)


def test_nothing_is_writable_and_executable(built):
    """Goal: no segment, the stack included."""
    found = segments(built)
    assert [flags for name, flags in found if name == "GNU_STACK"] == ["RW "]
    assert {"R E", "RW "} <= {flags for name, flags in found if name == "LOAD"}
    assert not [segment for segment in found if "W" in segment[1] and "E" in segment[1]]


def test_stack_and_sizes_are_checked(built):
    """Goal: functions check their stack's end before they return, and the C library the sizes of what it writes to."""
    called = set(re.findall(r"UND +(\w+)", output_of("readelf", "-sW", "--dyn-syms", built)))
    assert {"__stack_chk_fail", "__snprintf_chk"} <= called
    assert len([name for name in called if name.endswith("_chk")]) >= 3


def compiler_of(program):
    return re.search(r"^CMAKE_C_COMPILER:\w+=(.+)$", settings_of(program), re.M).group(1)


def has_control_flow_notes(compiler, tmp_path):
    """Whether this compiler can mark code for CET; and whether the C library's own start files are marked, without
    which the linker marks no program."""
    source = tmp_path / "empty.c"
    source.write_text("int main(void) { return 0; }\n")
    target = tmp_path / "empty"
    built = subprocess.run([compiler, "-fcf-protection=full", source, "-o", target], capture_output=True, check=False)
    return built.returncode == 0, built.returncode == 0 and "IBT, SHSTK" in output_of("readelf", "-nW", target)


def test_indirect_jumps_have_marked_targets(built, tmp_path):
    """Goal: on x86 functions begin with the mark that hardware looks for, and the program says so where the C library
    lets it."""
    if platform.machine() != "x86_64":
        pytest.skip("other processors have other means")
    marks_code, marks_programs = has_control_flow_notes(compiler_of(runner.PROGRAM), tmp_path)
    if not marks_code or not shutil.which("objdump"):
        pytest.skip("this compiler has none")
    code = output_of("objdump", "-d", "--no-show-raw-insn", "-j", ".text", built)
    assert len(re.findall(r"\bendbr64\b", code)) >= 100
    if marks_programs:
        assert "IBT, SHSTK" in output_of("readelf", "-nW", built)
