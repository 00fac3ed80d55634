# SPDX-License-Identifier: MIT
"""Every detector, pixel for pixel against OpenCV, with the conventions of the design."""

import numpy
import pytest

import pictures
from runner import run

cv2 = pytest.importorskip("cv2", reason="python3-opencv is not installed")

SIZES = ((1, 1), (1, 7), (7, 1), (2, 2), (3, 2), (17, 31), (64, 64), (100, 333), (480, 640))
PREWITT_X = numpy.array([[-1, 0, 1]] * 3)


def saturated(magnitude):
    return numpy.minimum(magnitude, 255).astype(numpy.uint8)


def gradient(gray, operator):
    """gx and gy of one of OpenCV's derivative operators, or of two kernels."""
    if callable(operator):
        pair = operator(gray, cv2.CV_16S, 1, 0), operator(gray, cv2.CV_16S, 0, 1)
    else:
        pair = [cv2.filter2D(gray, cv2.CV_16S, k) for k in operator]
    return [g.astype(numpy.int64) for g in pair]


def l1(gray, operator):
    gx, gy = gradient(gray, operator)
    return saturated(abs(gx) + abs(gy))


def l2(gray, operator):
    gx, gy = gradient(gray, operator)
    return saturated(numpy.rint(numpy.sqrt(gx * gx + gy * gy)))


def laplacian(gray):
    return saturated(abs(cv2.Laplacian(gray, cv2.CV_16S).astype(numpy.int64)))


def above(magnitude, threshold):
    return numpy.where(magnitude > threshold, 255, 0).astype(numpy.uint8)


PREWITT = (PREWITT_X, PREWITT_X.T)
CASES = {
    "-d sobel": lambda g: l1(g, cv2.Sobel),
    "-d sobel -t 100": lambda g: above(l1(g, cv2.Sobel), 100),
    "-d sobel --norm l2": lambda g: l2(g, cv2.Sobel),
    "-d sobel --norm l2 -t 0": lambda g: above(l2(g, cv2.Sobel), 0),
    "-d scharr": lambda g: l1(g, cv2.Scharr),
    "-d scharr --norm l2 -t 254": lambda g: above(l2(g, cv2.Scharr), 254),
    "-d prewitt": lambda g: l1(g, PREWITT),
    "-d prewitt --norm l2": lambda g: l2(g, PREWITT),
    "-d laplacian": laplacian,
    "-d laplacian -t 80": lambda g: above(laplacian(g), 80),
    "-d canny": lambda g: cv2.Canny(g, 100, 200),
    "-d canny --l2gradient": lambda g: cv2.Canny(g, 100, 200, L2gradient=True),
    "-d canny -t 200,50": lambda g: cv2.Canny(g, 200, 50),
    "-d canny -t 0,0": lambda g: cv2.Canny(g, 0, 0),
    "-d canny -t 0,10000": lambda g: cv2.Canny(g, 0, 10000),
    "-d canny -t 10000,10000 --l2gradient": lambda g: cv2.Canny(g, 10000, 10000, L2gradient=True),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Noise, ramps and blurred noise in every size, as gray PNG."""
    directory = tmp_path_factory.mktemp("pictures")
    chance = numpy.random.default_rng(5)
    for height, width in SIZES:
        noise = chance.integers(0, 256, (height, width), dtype=numpy.uint8)
        y, x = numpy.mgrid[:height, :width]
        smooth = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 2), None, 0, 255, cv2.NORM_MINMAX)
        for name, pixels in (("noise", noise), ("ramp", x * 3 + y * 5 & 255), ("smooth", smooth)):
            cv2.imwrite(f"{directory}/{name}-{height}x{width}.png", pixels.astype(numpy.uint8))
    return directory


@pytest.mark.parametrize("options", CASES)
def test_equals_opencv(folder, out, options):
    """Goal: not one pixel differs, at any size, on noise, ramps and smooth pictures."""
    result = run("edges", folder, "-o", out, "--name", "{stem}", *options.split())
    assert result.code == 0, result
    for path in folder.iterdir():
        gray = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        found = pictures.gray(out / "edges" / path.name)
        assert numpy.array_equal(found, CASES[options](gray)), path.name


def test_several_at_once(folder, out):
    """Goal: several detectors give the maps that each gives alone, one file each."""
    names = ("canny", "sobel", "neighbor")
    run("edges", folder, "-o", out, "--name", "{stem}", "-d", ",".join(names))
    for name in names:
        alone = out.with_name(name)
        run("edges", folder, "-o", alone, "--name", "{stem}", "-d", name)
        for path in folder.iterdir():
            together = out / "edges" / f"{path.stem}.{name}.png"
            assert together.read_bytes() == (alone / "edges" / path.name).read_bytes()
