# SPDX-License-Identifier: MIT
"""--version and what the program was built without; continuous integration, which builds it in every way."""

import re
import subprocess

import pytest
import yaml

from built import MISSING, VERSION
from runner import ROOT, SLOW, run

# By the line of --version that tells of it: library, or what it is for.
OPTIONAL = {
    "libuv": {"libmicrohttpd": "libmicrohttpd"},
    "reads": {"libjpeg-turbo": "libjpeg-turbo", "libpng": "libpng", "libwebp": "libwebp", "libavif": "libavif"},
    "writes": {"libdeflate": "libdeflate"},
    "lists:": {"zlib": "gzip", "libzstd": "zstd"},
    "sandbox:": {"libseccomp": "seccomp"},
}


@pytest.mark.parametrize("start", OPTIONAL)
def test_what_is_missing_is_what_is_not_built_in(start):
    """Goal: --version names every optional package either among what is built in or among what is missing."""
    if SLOW and start == "sandbox:":
        pytest.skip("a build with a sanitizer has only the limits")
    (line,) = [line for line in VERSION.splitlines() if line.split(" ")[0] == start]
    for library, word in OPTIONAL[start].items():
        assert (word in line) != (library in MISSING), (library, VERSION)


@pytest.mark.skipif("libmicrohttpd" not in MISSING, reason="this build has the server")
@pytest.mark.parametrize("command", (["demo"], ["serve", "."], ["bench"]))
def test_without_the_server(command, tmp_path):
    """Goal: what needs the server says which library the build lacks."""
    result = run(*command, before=("env", "-C", tmp_path))
    assert result.code == 4 and "libmicrohttpd" in result.err, result
    assert list(tmp_path.iterdir()) == []


def runs_of(workflow):
    """What the jobs run: each command once for every value of its matrix."""
    for job in workflow["jobs"].values():
        rows = job.get("strategy", {}).get("matrix", {}).get("include", [{}])
        for step in job["steps"]:
            for row in rows if "run" in step else ():
                yield re.sub(r"\$\{\{ *matrix\.(\w+) *\}\}", lambda found: row[found[1]], step["run"])


def test_workflow():
    """Goal: whatever continuous integration runs is a stage of ./test, and every stage is run."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    text = (ROOT / "test").read_text("utf-8")
    stages = set(" ".join(re.findall('^(?:more_)?stages="(.*)"$', text, re.MULTILINE)).split())
    functions = (ROOT / "scripts/stages.sh").read_text("utf-8")
    run_there = set()
    for command in runs_of(workflow):
        if command.startswith("./test "):
            run_there.update(command.split()[1:])
        else:
            assert subprocess.run(["sh", "-nc", command]).returncode == 0, command
            assert command.startswith("apt-get "), f"{command} is not what everybody runs"
    assert run_there == stages and len(stages) > 8
    assert all(f"stage_{stage}()" in functions for stage in run_there)
