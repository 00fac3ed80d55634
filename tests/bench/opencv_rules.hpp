// SPDX-License-Identifier: MIT
// Our detectors' rules, composed of OpenCV's calls as its user would compose them. What is between
// is kept from one picture to the next, so that no time goes into fresh memory.
#ifndef BENCH_OPENCV_RULES_HPP
#define BENCH_OPENCV_RULES_HPP

#include <opencv2/core.hpp>

// The neighbour difference by the book: differences of shifted views, sums by cv::transform, a
// division, a threshold.
class NeighborByTransform
{
  public:
    const cv::Mat &detect(const cv::Mat &bgr, int threshold);

  private:
    cv::Mat right, below, sums, totals, means, map;
};

// The same as fast as OpenCV's calls get it: plane by plane, and a threshold for the total instead
// of a division.
class NeighborByPlanes
{
  public:
    const cv::Mat &detect(const cv::Mat &bgr, int threshold);

  private:
    cv::Mat planes[3], difference, right, below, totals, map;
};

enum class Gradient { sobel, scharr, prewitt, roberts, laplacian };

// min(255, |gx| + |gy|) or, with `l2`, the Euclidean magnitude; above `threshold` unless it is
// negative.
class Gradients
{
  public:
    const cv::Mat &detect(Gradient gradient, const cv::Mat &gray, bool l2, int threshold);
    // Sobel's l1 by spatialGradient, which makes both derivatives at once.
    const cv::Mat &detect_spatial(const cv::Mat &gray, int threshold);

  private:
    void derive(Gradient gradient, const cv::Mat &gray);
    const cv::Mat &combine(bool l2, int threshold);
    cv::Mat x, y, absolute_x, absolute_y, float_x, float_y, length, magnitude, map;
};

#endif
