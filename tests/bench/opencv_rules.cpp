// SPDX-License-Identifier: MIT
#include "opencv_rules.hpp"

#include <opencv2/imgproc.hpp>

// ---- neighbour difference ----

const cv::Mat &NeighborByTransform::detect(const cv::Mat &bgr, int threshold)
{
    const int w = bgr.cols, h = bgr.rows;
    const cv::Matx13f ones(1, 1, 1);
    right.create(bgr.size(), CV_8UC3);
    below.create(bgr.size(), CV_8UC3);
    right.col(w - 1).setTo(0);
    below.row(h - 1).setTo(0);
    cv::Mat to_right = right.colRange(0, w - 1), to_below = below.rowRange(0, h - 1);
    cv::absdiff(bgr.colRange(0, w - 1), bgr.colRange(1, w), to_right);
    cv::absdiff(bgr.rowRange(0, h - 1), bgr.rowRange(1, h), to_below);
    cv::add(right, below, sums, cv::noArray(), CV_16U);
    cv::transform(sums, totals, ones);
    // Division rounds to the nearest whole number, and a half to the even one: with 0.25 less
    // before, it rounds down.
    totals.convertTo(means, CV_16U, 0.5, -0.25);
    totals.col(w - 1).copyTo(means.col(w - 1));
    totals.row(h - 1).copyTo(means.row(h - 1));
    cv::compare(means, threshold, map, cv::CMP_GT);
    return map;
}

// The sum over the channels of |a - b|, of 16 bits.
static void add_differences(const cv::Mat planes[3], const cv::Rect &a, const cv::Rect &b,
                            cv::Mat &difference, cv::Mat &sum)
{
    for (int i = 0; i < 3; i++) {
        cv::absdiff(planes[i](a), planes[i](b), difference);
        if (i == 0)
            difference.convertTo(sum, CV_16U);
        else
            cv::add(sum, difference, sum, cv::noArray(), CV_16U);
    }
}

const cv::Mat &NeighborByPlanes::detect(const cv::Mat &bgr, int threshold)
{
    const int w = bgr.cols, h = bgr.rows;
    cv::split(bgr, planes);
    right.create(bgr.size(), CV_16U);
    below.create(bgr.size(), CV_16U);
    map.create(bgr.size(), CV_8U);
    cv::Mat to_right = right.colRange(0, w - 1), to_below = below.rowRange(0, h - 1);
    add_differences(planes, {0, 0, w - 1, h}, {1, 0, w - 1, h}, difference, to_right);
    add_differences(planes, {0, 0, w, h - 1}, {0, 1, w, h - 1}, difference, to_below);
    right.col(w - 1).setTo(0);
    below.row(h - 1).setTo(0);
    cv::add(right, below, totals);
    cv::compare(totals, 2 * threshold + 1, map, cv::CMP_GT); // of two neighbours
    cv::Mat last_column = map.col(w - 1), last_row = map.row(h - 1);
    cv::compare(totals.col(w - 1), threshold, last_column, cv::CMP_GT);
    cv::compare(totals.row(h - 1), threshold, last_row, cv::CMP_GT);
    return map;
}

// ---- gradients ----

void Gradients::derive(Gradient gradient, const cv::Mat &gray)
{
    static const cv::Matx33f across(-1, 0, 1, -1, 0, 1, -1, 0, 1);
    static const cv::Matx22f falling(1, 0, 0, -1), rising(0, 1, -1, 0);
    switch (gradient) {
    case Gradient::sobel:
        cv::Sobel(gray, x, CV_16S, 1, 0);
        cv::Sobel(gray, y, CV_16S, 0, 1);
        break;
    case Gradient::scharr:
        cv::Scharr(gray, x, CV_16S, 1, 0);
        cv::Scharr(gray, y, CV_16S, 0, 1);
        break;
    case Gradient::prewitt:
        cv::filter2D(gray, x, CV_16S, across);
        cv::filter2D(gray, y, CV_16S, across.t());
        break;
    case Gradient::roberts:
        cv::filter2D(gray, x, CV_16S, falling, cv::Point(0, 0));
        cv::filter2D(gray, y, CV_16S, rising, cv::Point(0, 0));
        break;
    case Gradient::laplacian:
        cv::Laplacian(gray, x, CV_16S);
        break;
    }
}

const cv::Mat &Gradients::combine(bool l2, int threshold)
{
    if (l2) {
        x.convertTo(float_x, CV_32F);
        y.convertTo(float_y, CV_32F);
        cv::magnitude(float_x, float_y, length);
        length.convertTo(magnitude, CV_8U);
    } else {
        cv::convertScaleAbs(x, absolute_x);
        cv::convertScaleAbs(y, absolute_y);
        cv::add(absolute_x, absolute_y, magnitude);
    }
    if (threshold < 0)
        return magnitude;
    cv::threshold(magnitude, map, threshold, 255, cv::THRESH_BINARY);
    return map;
}

const cv::Mat &Gradients::detect(Gradient gradient, const cv::Mat &gray, bool l2, int threshold)
{
    derive(gradient, gray);
    if (gradient != Gradient::laplacian)
        return combine(l2, threshold);
    cv::convertScaleAbs(x, magnitude);
    if (threshold < 0)
        return magnitude;
    cv::threshold(magnitude, map, threshold, 255, cv::THRESH_BINARY);
    return map;
}

const cv::Mat &Gradients::detect_spatial(const cv::Mat &gray, int threshold)
{
    cv::spatialGradient(gray, x, y);
    return combine(false, threshold);
}
