# SPDX-License-Identifier: MIT
"""`edgefetch edges`: the same on local pictures."""

import numpy
import pytest
from PIL import Image

import pictures
import reference
from built import needs
from runner import manifest, run

CANNY = ("-d", "canny", "--resize", "24x18", "--name", "{stem}")

PIXELS = pictures.noise(40, 30)


@pytest.fixture
def folder(tmp_path):
    """A tree of pictures, with files between them that are none of ours."""
    directory = tmp_path / "pictures"
    (directory / "below").mkdir(parents=True)
    (directory / ".hidden").mkdir()
    picture = pictures.save(PIXELS, "PNG")
    for name in ("a.png", "below/b.PNG", "with space ü.png", ".hidden/no.png", ".no.png"):
        (directory / name).write_bytes(picture)
    (directory / "notes.txt").write_text("no picture")
    return directory


def edge_names(out):
    return sorted(path.name for path in (out / "edges").iterdir())


def test_folder(folder, out):
    """Goal: every picture below a folder is done, nothing hidden and no other file; the originals
    stay where they are."""
    result = run("edges", folder, "-o", out, "--name", "{stem}")
    assert result.code == 0 and result.sums["ok"] == 3
    assert edge_names(out) == ["a.png", "b.png", "with_space_ü.png"]
    assert not (out / "original").exists()
    expected = reference.neighbor(PIXELS, 30)
    for name in edge_names(out):
        assert numpy.array_equal(pictures.gray(out / "edges" / name), expected)


def test_urls_are_file_urls(folder, out):
    """Goal: a local picture is known by its file:// URL, percent-encoded."""
    run("edges", folder / "with space ü.png", "-o", out)
    (url,) = manifest(out)
    assert url == f"file://{folder}/with%20space%20%C3%BC.png"


def test_again_does_nothing(folder, out):
    """Goal: a second run does only what is missing."""
    run("edges", folder, "-o", out, "--name", "{stem}")
    (out / "edges" / "a.png").unlink()
    assert run("edges", folder, "-o", out, "--name", "{stem}").sums["ok"] == 1
    assert run("edges", folder, "-o", out, "--name", "{stem}").sums["skipped"] == 3


def test_bad_files(folder, out, tmp_path):
    """Goal: a file that is empty, no picture, or too large is its own failure."""
    empty = tmp_path / "empty.png"
    empty.write_bytes(b"")
    large = tmp_path / "large.png"
    large.write_bytes(bytes(5000))
    files = (folder / "a.png", folder / "notes.txt", empty, large)
    result = run("edges", *files, "-o", out, "--max-bytes", "4999")
    assert result.code == 1
    codes = {
        url.rsplit("/", 1)[1]: line.get("error", {}).get("code", "ok")
        for url, line in manifest(out).items()
    }
    assert codes == {
        "a.png": "ok",
        "notes.txt": "not_an_image",
        "empty.png": "empty_body",
        "large.png": "too_large",
    }


def test_little_memory(folder, out):
    """Goal: files wait for --max-memory as bodies do, and all are done."""
    assert run("edges", folder, "-o", out, "--max-memory", "5K").sums["ok"] == 3


@pytest.mark.parametrize("arguments", (("nothing.png",), ()))
def test_nothing_to_read(out, tmp_path, arguments):
    """Goal: a file that is not there, or no file at all, is exit 2 and nothing is made."""
    paths = [tmp_path / name for name in arguments]
    assert run("edges", *paths, "-o", out).code == 2
    assert not out.exists()


def test_folder_without_pictures(out, tmp_path):
    """Goal: whoever names a folder that has no picture is told what is looked for."""
    (tmp_path / "notes.txt").write_text("none")
    result = run("edges", tmp_path, "-o", out)
    assert result.code == 0 and "by their extension" in result.err, result


@pytest.mark.parametrize(
    "fit, size", (("contain", (20, 15)), ("cover", (20, 20)), ("stretch", (20, 20)))
)
def test_resize(folder, out, fit, size):
    """Goal: pictures have the size that --resize and --fit say before their edges are found."""
    run("edges", folder / "a.png", "-o", out, "--name", "{stem}", "--resize", "20x20", "--fit", fit)
    width, height = size
    assert pictures.gray(out / "edges" / "a.png").shape == (height, width)


def test_save_resized(folder, out, tmp_path):
    """Goal: the resized picture stands beside its maps, and the maps are those of that picture,
    pixel by pixel."""
    (tmp_path / "b.jpg").write_bytes(pictures.jpeg())
    run("edges", folder / "a.png", tmp_path / "b.jpg", "-o", out, *CANNY, "--save-resized")
    assert sorted(path.name for path in (out / "resized").iterdir()) == ["a.png", "b.png"]
    again = tmp_path / "again"
    run("edges", out / "resized", "-o", again, "-d", "canny", "--name", "{stem}")
    for name in ("a.png", "b.png"):
        assert pictures.load(out / "resized" / name).size == (24, 18)
        kept, made = (pictures.gray(where / "edges" / name) for where in (out, again))
        assert numpy.array_equal(kept, made)


WEBP = pytest.param("webp", "WEBP", marks=needs("libwebp"))


@pytest.mark.parametrize("kind, form", (("jpg", "JPEG"), WEBP, ("bmp", "BMP")))
def test_resized_format(folder, out, kind, form):
    """Goal: --resized-format writes the picture as it says, whatever the maps are."""
    run("edges", folder / "a.png", "-o", out, *CANNY, "--save-resized", "--resized-format", kind)
    (line,) = manifest(out).values()
    assert line["resized"]["path"] == f"resized/a.{kind}"
    assert line["edges"][0]["path"] == "edges/a.png"
    with Image.open(out / "resized" / f"a.{kind}") as image:
        assert image.format == form and image.size == (24, 18) and image.mode == "RGB"


def test_resized_is_part_of_done(folder, out):
    """Goal: a picture is done when its resized picture stands too, in the format that is wanted."""
    arguments = ("edges", folder / "a.png", "-o", out, *CANNY)
    assert run(*arguments).sums["ok"] == 1
    assert run(*arguments, "--save-resized").sums["ok"] == 1
    assert run(*arguments, "--save-resized").sums["skipped"] == 1
    assert run(*arguments, "--save-resized", "--resized-format", "bmp").sums["ok"] == 1
    (out / "resized" / "a.bmp").unlink()
    assert run(*arguments, "--save-resized", "--resized-format", "bmp").sums["ok"] == 1


def test_save_resized_without_a_size(folder, out):
    """Goal: --save-resized alone is a mistake, and says what is missing."""
    result = run("edges", folder, "-o", out, "--save-resized")
    assert result.code == 2 and "--resize" in result.err
    assert not out.exists()


@pytest.mark.parametrize("kind, option, less, more", (("jpg", "--quality", 10, 95), ("png", "--compression", 9, 0)))
def test_size_of_maps(tmp_path, kind, option, less, more):
    """Goal: --quality and --compression decide how large the same map is."""
    picture = tmp_path / "a.png"
    picture.write_bytes(pictures.save(pictures.scene(200, 150), "PNG"))
    sizes = []
    for value in (less, more):
        assert run("edges", "-d", "sobel", "-f", kind, option, value, "-o", tmp_path / str(value), picture).code == 0
        (line,) = manifest(tmp_path / str(value)).values()
        sizes.append(line["edges"][0]["bytes"])
    assert sizes[0] < sizes[1]


def test_orientation(tmp_path):
    """Goal: a picture is turned as its Exif says, and with --no-orient it is not."""
    exif = Image.Exif()
    exif[0x112] = 6  # a quarter to the right
    picture = tmp_path / "a.jpg"
    picture.write_bytes(pictures.save(PIXELS, "JPEG", exif=exif))
    for options, size in (((), (30, 40)), (("--no-orient",), (40, 30))):
        assert run("edges", *options, "-o", tmp_path / "out", picture).code == 0
        (line,) = manifest(tmp_path / "out").values()
        assert (line["width"], line["height"]) == size
