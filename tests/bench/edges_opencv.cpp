// SPDX-License-Identifier: MIT
// What a user of OpenCV would write instead of `edgefetch edges`: every file is read, its edges are
// found, and the map is written as a PNG of level 1, by a thread for each CPU.
//
//     edges_opencv neighbor|sobel|canny OUTPUT_DIR FILE...
#include "opencv_rules.hpp"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <sched.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace
{

struct Work {
    std::string detector, output;
    std::vector<std::string> files;
    std::atomic<size_t> next{0};
    std::atomic<bool> failed{false};
};

// A thread's own memory, used again for every picture.
struct Detectors {
    NeighborByPlanes neighbor;
    Gradients gradients;
    cv::Mat edges;

    const cv::Mat &detect(const std::string &name, const cv::Mat &picture)
    {
        if (name == "neighbor")
            return neighbor.detect(picture, 30);
        if (name == "sobel")
            return gradients.detect(Gradient::sobel, picture, false, 100);
        cv::Canny(picture, edges, 100, 200);
        return edges;
    }
};

void work_on(Work &work)
{
    const int form = work.detector == "neighbor" ? cv::IMREAD_COLOR : cv::IMREAD_GRAYSCALE;
    Detectors detectors;
    for (size_t i; (i = work.next++) < work.files.size();) {
        const cv::Mat picture = cv::imread(work.files[i], form);
        const std::string path = work.output + "/" + std::to_string(i) + ".png";
        if (picture.empty() || !cv::imwrite(path, detectors.detect(work.detector, picture),
                                            {cv::IMWRITE_PNG_COMPRESSION, 1}))
            work.failed = true;
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 4) {
        std::fputs("usage: edges_opencv neighbor|sobel|canny OUTPUT_DIR FILE...\n", stderr);
        return 2;
    }
    cv::setNumThreads(1); // a picture is one thread's
    Work work;
    work.detector = argv[1];
    work.output = argv[2];
    work.files.assign(argv + 3, argv + argc);
    cpu_set_t cpus;
    const int count = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
    std::vector<std::thread> threads;
    for (int i = 0; i < count; i++)
        threads.emplace_back([&work] { work_on(work); });
    for (std::thread &thread : threads)
        thread.join();
    return work.failed ? 1 : 0;
}
