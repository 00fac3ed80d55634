// SPDX-License-Identifier: MIT
// Our kernels at every level of this CPU beside OpenCV and libvips, on one thread, and whether the
// results are the same where the definitions are.
//
//     bench_opencv_kernels ROUNDS FILE:WIDTHxHEIGHT...
//
// Every picture is brought to its size first; 0x0 leaves it as it is.
#include "measure.hpp"
#include "opencv_rules.hpp"
#include "ours.hpp"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vips/vips.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace
{

enum { NEIGHBOR_THRESHOLD = 30, GRADIENT_THRESHOLD = 100, CANNY_LOW = 100, CANNY_HIGH = 200 };

// A picture in every form that somebody asks for. OpenCV's rules are symmetric in the channels, so
// all work on the same bytes.
struct picture {
    cv::Mat colour, gray, map;

    planes as_planes()
    {
        return {static_cast<size_t>(gray.cols), static_cast<size_t>(gray.rows), colour.data,
                gray.data, map.data};
    }
};

std::string compare(const cv::Mat &ours, const cv::Mat &theirs)
{
    cv::Mat difference;
    double largest = 0;
    cv::absdiff(ours, theirs, difference);
    const int pixels = cv::countNonZero(difference);
    if (pixels == 0)
        return "equal";
    cv::minMaxLoc(difference, nullptr, &largest);
    return std::to_string(pixels) + " pixels differ, by at most " +
           std::to_string(static_cast<int>(largest));
}

using ours_run = std::function<void(const struct kernels *)>;
using peer_run = std::function<const cv::Mat &()>;

// One picture's subjects. A task is ours first, at the fastest level, and all others are compared
// with that.
class Tasks
{
  public:
    Tasks(const std::string &name, picture &picture)
        : shown(picture), measurement("kernels", name, picture.gray.total())
    {
    }

    void ours(const std::string &task, const ours_run &run)
    {
        const struct kernels *const fastest = ::kernels();
        run(fastest);
        shown.map.copyTo(expected);
        for (int level = KERNEL_LEVEL_COUNT - 1; level >= 0; level--) {
            const struct kernels *const found = kernels_for(static_cast<kernel_level>(level));
            if (found == nullptr)
                continue;
            run(found);
            measurement.add(task, std::string("edgefetch ") + found->name, [=] { run(found); });
            measurement.last().check = compare(expected, shown.map);
        }
    }

    void ours_canny_of(const std::string &task, bool l2)
    {
        for (int level = KERNEL_LEVEL_COUNT - 1; level >= 0; level--) {
            const struct canny_rows *const rows = canny_rows_for(static_cast<kernel_level>(level));
            if (rows == nullptr)
                continue;
            const auto run = [this, rows, l2] {
                const planes planes = shown.as_planes();
                if (!ours_canny(rows, &planes, CANNY_LOW, CANNY_HIGH, l2))
                    std::abort();
            };
            run();
            measurement.add(task, std::string("edgefetch ") + rows->name, run);
            if (rows == ::canny_rows())
                shown.map.copyTo(expected);
            measurement.last().check = compare(expected, shown.map);
        }
    }

    void peer(const std::string &task, const std::string &program, const peer_run &run)
    {
        const std::string check = compare(expected, run());
        measurement.add(task, program, [=] { run(); });
        measurement.last().check = check;
    }

    // Whose definition is another: nothing to compare.
    void stranger(const std::string &task, const std::string &program, std::function<void()> run)
    {
        measurement.add(task, program, std::move(run));
    }

    void measure(int rounds)
    {
        measurement.measure(rounds);
    }

    picture &shown;

  private:
    cv::Mat expected;
    Measurement measurement;
};

// ---- the tasks ----

void add_neighbor(Tasks &tasks)
{
    picture &shown = tasks.shown;
    const auto by_transform = std::make_shared<NeighborByTransform>();
    const auto by_planes = std::make_shared<NeighborByPlanes>();
    tasks.ours("neighbor", [&](const struct kernels *level) {
        const planes planes = shown.as_planes();
        ours_neighbor(level, &planes, NEIGHBOR_THRESHOLD);
    });
    tasks.peer("neighbor", "opencv, transform", [&, by_transform]() -> const cv::Mat & {
        return by_transform->detect(shown.colour, NEIGHBOR_THRESHOLD);
    });
    tasks.peer("neighbor", "opencv, planes", [&, by_planes]() -> const cv::Mat & {
        return by_planes->detect(shown.colour, NEIGHBOR_THRESHOLD);
    });
}

void add_gray(Tasks &tasks)
{
    picture &shown = tasks.shown;
    const auto gray = std::make_shared<cv::Mat>();
    tasks.ours("gray", [&](const struct kernels *level) {
        const planes planes = shown.as_planes();
        ours_gray(level, &planes);
    });
    tasks.peer("gray", "opencv", [&, gray]() -> const cv::Mat & {
        cv::cvtColor(shown.colour, *gray, cv::COLOR_RGB2GRAY);
        return *gray;
    });
}

void add_gradient(Tasks &tasks, const std::string &task, stencil ours, Gradient theirs, bool l2,
                  int threshold)
{
    picture &shown = tasks.shown;
    const auto gradients = std::make_shared<Gradients>();
    tasks.ours(task, [&shown, ours, l2, threshold](const struct kernels *level) {
        const planes planes = shown.as_planes();
        ours_stencil(level, &planes, ours, {l2, threshold});
    });
    tasks.peer(task, "opencv", [&shown, gradients, theirs, l2, threshold]() -> const cv::Mat & {
        return gradients->detect(theirs, shown.gray, l2, threshold);
    });
}

// libvips on the same memory, to memory.
void run_vips(const cv::Mat &gray, int operation(VipsImage *in, VipsImage **out, ...))
{
    VipsImage *in = vips_image_new_from_memory(gray.data, gray.total(), gray.cols, gray.rows, 1,
                                               VIPS_FORMAT_UCHAR);
    VipsImage *out = nullptr;
    if (in == nullptr || operation(in, &out, nullptr) != 0)
        vips_error_exit("cannot work on a picture");
    size_t size;
    g_free(vips_image_write_to_memory(out, &size));
    g_object_unref(out);
    g_object_unref(in);
}

void add_sobel(Tasks &tasks)
{
    picture &shown = tasks.shown;
    const auto gradients = std::make_shared<Gradients>();
    add_gradient(tasks, "sobel, threshold", STENCIL_SOBEL, Gradient::sobel, false,
                 GRADIENT_THRESHOLD);
    tasks.peer("sobel, threshold", "opencv, spatialGradient",
               [&shown, gradients]() -> const cv::Mat & {
                   return gradients->detect_spatial(shown.gray, GRADIENT_THRESHOLD);
               });
    add_gradient(tasks, "sobel", STENCIL_SOBEL, Gradient::sobel, false, -1);
    tasks.stranger("sobel", "libvips", [&shown] { run_vips(shown.gray, vips_sobel); });
    add_gradient(tasks, "sobel l2", STENCIL_SOBEL, Gradient::sobel, true, -1);
}

void add_canny(Tasks &tasks, const std::string &task, bool l2)
{
    picture &shown = tasks.shown;
    const auto map = std::make_shared<cv::Mat>();
    tasks.ours_canny_of(task, l2);
    tasks.peer(task, "opencv", [&shown, map, l2]() -> const cv::Mat & {
        cv::Canny(shown.gray, *map, CANNY_LOW, CANNY_HIGH, 3, l2);
        return *map;
    });
}

void measure(const std::string &name, picture &shown, int rounds)
{
    Tasks tasks(name, shown);
    add_neighbor(tasks);
    add_gray(tasks);
    add_sobel(tasks);
    add_gradient(tasks, "scharr, threshold", STENCIL_SCHARR, Gradient::scharr, false,
                 GRADIENT_THRESHOLD);
    add_gradient(tasks, "prewitt, threshold", STENCIL_PREWITT, Gradient::prewitt, false,
                 GRADIENT_THRESHOLD);
    add_gradient(tasks, "roberts, threshold", STENCIL_ROBERTS, Gradient::roberts, false,
                 GRADIENT_THRESHOLD);
    add_gradient(tasks, "laplacian, threshold", STENCIL_LAPLACIAN, Gradient::laplacian, false,
                 GRADIENT_THRESHOLD);
    add_canny(tasks, "canny", false);
    add_canny(tasks, "canny l2", true);
    tasks.stranger("canny", "libvips", [&shown] { run_vips(shown.gray, vips_canny); });
    tasks.measure(rounds);
}

bool load(const std::string &argument, picture &loaded)
{
    const size_t colon = argument.rfind(':');
    int width = 0, height = 0;
    if (colon == std::string::npos ||
        std::sscanf(argument.c_str() + colon, ":%dx%d", &width, &height) != 2)
        return false;
    cv::Mat stored = cv::imread(argument.substr(0, colon));
    if (stored.empty())
        return false;
    if (width > 0) {
        const bool smaller =
            static_cast<size_t>(width) * static_cast<size_t>(height) < stored.total();
        cv::resize(stored, loaded.colour, cv::Size(width, height), 0, 0,
                   smaller ? cv::INTER_AREA : cv::INTER_CUBIC);
    } else {
        loaded.colour = stored;
    }
    cv::cvtColor(loaded.colour, loaded.gray, cv::COLOR_BGR2GRAY);
    loaded.map.create(loaded.gray.size(), CV_8U);
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3) {
        std::fputs("usage: bench_opencv_kernels ROUNDS FILE:WIDTHxHEIGHT...\n", stderr);
        return 2;
    }
    prepare_libraries(argv[0]);
    for (int i = 2; i < argc; i++) {
        picture loaded;
        const std::string argument = argv[i];
        if (!load(argument, loaded)) {
            std::fprintf(stderr, "bench_opencv_kernels: cannot read %s\n", argv[i]);
            return 1;
        }
        measure(stem_of(argument) + ", " + in_megapixels(loaded.gray.total()), loaded,
                std::atoi(argv[1]));
    }
    return 0;
}
