# SPDX-License-Identifier: MIT
"""Memory follows the width of a picture, not its area."""

import contextlib
import time

import numpy
import pytest
from PIL import Image

import pictures
from processes import Process, workers_of
from runner import SLOW, Background, manifest

pytestmark = pytest.mark.skipif(SLOW, reason="a sanitizer's memory is not the program's")

SIDE = 10_000  # pixels; a hundred megapixels
MOST_KIB = 64 * 1024


@pytest.fixture(scope="module")
def huge(tmp_path_factory):
    """A picture of 100 megapixels as a baseline JPEG and as a PNG; gray, so that it is made soon."""
    tile = pictures.scene(1000, 1000)
    image = Image.fromarray(numpy.tile(numpy.asarray(tile)[:, :, 1], (SIDE // 1000, SIDE // 1000)))
    folder = tmp_path_factory.mktemp("huge")
    image.convert("RGB").save(folder / "a.jpg", quality=90)
    image.save(folder / "a.png", compress_level=1)
    return folder


def peaks(background):
    """The most that main and a worker have had resident, in KiB, as sampled until the end."""
    main, workers = Process(background.pid), {}
    most = 0
    while background.process.poll() is None:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            most = max(most, main.status("VmHWM"))
            for worker in workers_of(background):
                workers[worker.pid] = max(workers.get(worker.pid, 0), worker.status("VmHWM"))
        time.sleep(0.005)
    return most, max(workers.values())


@pytest.mark.parametrize(
    "name, detectors",
    (("a.jpg", "sobel"), ("a.jpg", "canny"), ("a.png", "neighbor,sobel --blur 2")),
)
def test_100_megapixels(huge, out, tmp_path, name, detectors):
    """Goal: main and worker stay below 64 MiB, picture and outputs included."""
    arguments = ("edges", "-o", out, "-w", "1", "-d", *detectors.split(), huge / name)
    background = Background(arguments, tmp_path)
    main, worker = peaks(background)
    assert background.wait().code == 0
    assert next(iter(manifest(out).values()))["width"] == SIDE
    assert worker < MOST_KIB and main < MOST_KIB
