# SPDX-License-Identifier: MIT
"""The neighbor rule, written from its words alone and apart from the program's.

For every pixel: over its right and lower neighbour where they exist, sum |dR|+|dG|+|dB|, divide by
the number of neighbours (integer division); above the threshold white, else black; the last pixel
is black.
"""

import numpy


def neighbor(pixels, threshold):
    """The edge map of RGB pixels (height x width x 3): height x width of 0 and 255."""
    height, width = pixels.shape[:2]
    wide = pixels.astype(numpy.int64)
    total = numpy.zeros((height, width), numpy.int64)
    neighbours = numpy.zeros((height, width), numpy.int64)
    total[:, :-1] += numpy.abs(wide[:, 1:] - wide[:, :-1]).sum(axis=2)
    neighbours[:, :-1] += 1
    total[:-1, :] += numpy.abs(wide[1:, :] - wide[:-1, :]).sum(axis=2)
    neighbours[:-1, :] += 1
    mean = total // numpy.maximum(neighbours, 1)  # the last pixel has none, and a sum of 0
    edges = numpy.where(mean > threshold, 255, 0).astype(numpy.uint8)
    edges[-1, -1] = 0
    return edges


def neighbor_one_by_one(pixels, threshold):
    """The same, pixel by pixel, for tiny pictures."""
    height, width = len(pixels), len(pixels[0])
    edges = [[0] * width for _ in range(height)]
    for y in range(height):
        for x in range(width):
            here = pixels[y][x]
            around = [(x + 1, y)] if x + 1 < width else []
            around += [(x, y + 1)] if y + 1 < height else []
            total = sum(
                abs(int(here[c]) - int(pixels[v][u][c])) for u, v in around for c in range(3)
            )
            if around and total // len(around) > threshold:
                edges[y][x] = 255
    return edges


def over_white(values, alpha):
    """What is seen of 8-bit values with 8-bit alpha on white paper."""
    values, alpha = values.astype(numpy.int64), alpha.astype(numpy.int64)
    return ((values * alpha + 255 * (255 - alpha) + 127) // 255).astype(numpy.uint8)
