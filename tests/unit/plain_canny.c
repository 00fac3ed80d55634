// SPDX-License-Identifier: MIT
#include "plain_canny.h"

#include <stdlib.h>

static int replicated(const struct plain_picture *picture, int x, int y)
{
    x = x < 0 ? 0 : x >= picture->width ? picture->width - 1 : x;
    y = y < 0 ? 0 : y >= picture->height ? picture->height - 1 : y;
    return picture->pixels[y * picture->width + x];
}

static int sobel(const struct plain_picture *picture, int x, int y, bool down)
{
    static const int matrix[3][3] = {{-1, 0, 1}, {-2, 0, 2}, {-1, 0, 1}};
    int sum = 0;
    for (int j = 0; j < 3; j++)
        for (int i = 0; i < 3; i++)
            sum += (down ? matrix[i][j] : matrix[j][i]) * replicated(picture, x + i - 1, y + j - 1);
    return sum;
}

struct plain_canny plain_canny;

static int64_t magnitude_at(const struct plain_picture *picture, int x, int y)
{
    const bool inside = x >= 0 && y >= 0 && x < picture->width && y < picture->height;
    return inside ? plain_canny.magnitude[y * picture->width + x] : 0;
}

static bool is_maximum(const struct plain_picture *picture, int x, int y)
{
    const int at = y * picture->width + x;
    const int64_t m = plain_canny.magnitude[at];
    const int64_t dx = llabs(plain_canny.dx[at]), dy = llabs(plain_canny.dy[at]);
    const int64_t tan_22 = 13573, tan_67 = tan_22 + 2 * 32768, one = 32768;
    if (dy * one < dx * tan_22)
        return m > magnitude_at(picture, x - 1, y) && m >= magnitude_at(picture, x + 1, y);
    if (dy * one > dx * tan_67)
        return m > magnitude_at(picture, x, y - 1) && m >= magnitude_at(picture, x, y + 1);
    if ((plain_canny.dx[at] < 0) == (plain_canny.dy[at] < 0))
        return m > magnitude_at(picture, x - 1, y - 1) && m > magnitude_at(picture, x + 1, y + 1);
    return m > magnitude_at(picture, x + 1, y - 1) && m > magnitude_at(picture, x - 1, y + 1);
}

// Breadth first from every edge.
void plain_follow(int width, int height)
{
    int begin = 0, end = 0;
    for (int at = 0; at < width * height; at++)
        if (plain_canny.map[at] == PLAIN_EDGE)
            plain_canny.queue[end++] = at;
    while (begin < end) {
        const int at = plain_canny.queue[begin++];
        for (int step = 0; step < 9; step++) {
            const int x = at % width + step % 3 - 1, y = at / width + step / 3 - 1;
            if (x < 0 || y < 0 || x >= width || y >= height ||
                plain_canny.map[y * width + x] != PLAIN_CANDIDATE)
                continue;
            plain_canny.map[y * width + x] = PLAIN_EDGE;
            plain_canny.queue[end++] = y * width + x;
        }
    }
}

void plain_detect(const struct plain_picture *picture, struct plain_thresholds thresholds, bool l2)
{
    int64_t low = thresholds.low, high = thresholds.high;
    if (low > high) {
        low = thresholds.high;
        high = thresholds.low;
    }
    if (l2) {
        low = low > 32767 ? 32767 * 32767 : low * low;
        high = high > 32767 ? 32767 * 32767 : high * high;
    }
    for (int at = 0; at < picture->width * picture->height; at++) {
        const int x = at % picture->width, y = at / picture->width;
        const int64_t dx = plain_canny.dx[at] = sobel(picture, x, y, false);
        const int64_t dy = plain_canny.dy[at] = sobel(picture, x, y, true);
        plain_canny.magnitude[at] = l2 ? dx * dx + dy * dy : llabs(dx) + llabs(dy);
    }
    for (int at = 0; at < picture->width * picture->height; at++) {
        const int64_t m = plain_canny.magnitude[at];
        plain_canny.map[at] = PLAIN_NOTHING;
        if (m > low && is_maximum(picture, at % picture->width, at / picture->width))
            plain_canny.map[at] = m > high ? PLAIN_EDGE : PLAIN_CANDIDATE;
    }
    plain_follow(picture->width, picture->height);
}
