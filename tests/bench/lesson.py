# SPDX-License-Identifier: MIT
"""The same job as a lesson on concurrency in Python ends with it: httpx and asyncio download everything, then a
process for each CPU finds the edges pixel by pixel. The rule is edgefetch's neighbor.

    lesson.py LIMIT OUTPUT_DIR LIST
"""
import asyncio
import os
import pathlib
import sys
from concurrent.futures import ProcessPoolExecutor

import httpx
from PIL import Image

THRESHOLD = 30


async def download(client, semaphore, url, folder):
    async with semaphore:
        response = await client.get(url)
        response.raise_for_status()
    path = folder / url.rsplit("/", 1)[1]
    path.write_bytes(response.content)
    return path


async def download_all(urls, limit, folder):
    semaphore = asyncio.Semaphore(limit)
    async with httpx.AsyncClient() as client:
        return await asyncio.gather(*(download(client, semaphore, url, folder) for url in urls))


def find_edges(path, folder):
    picture = Image.open(path).convert("RGB")
    width, height = picture.size
    pixels = picture.load()
    edges = Image.new("L", picture.size)
    marks = edges.load()
    for y in range(height):
        for x in range(width):
            red, green, blue = pixels[x, y]
            total = neighbors = 0
            if x + 1 < width:
                its_red, its_green, its_blue = pixels[x + 1, y]
                total += abs(red - its_red) + abs(green - its_green) + abs(blue - its_blue)
                neighbors += 1
            if y + 1 < height:
                its_red, its_green, its_blue = pixels[x, y + 1]
                total += abs(red - its_red) + abs(green - its_green) + abs(blue - its_blue)
                neighbors += 1
            if neighbors and total // neighbors > THRESHOLD:
                marks[x, y] = 255
    edges.save(folder / f"{path.stem}.png")


def main():
    limit, output, urls = int(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]).read_text().split()
    folders = output / "original", output / "edges"
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    paths = asyncio.run(download_all(urls, limit, folders[0]))
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(find_edges, paths, [folders[1]] * len(paths)))


if __name__ == "__main__":
    main()
