// SPDX-License-Identifier: MIT
#include "measure.hpp"

#include <opencv2/core.hpp>
#include <vips/vips.h>

#include <cstdio>
#include <ctime>
#include <utility>

Measurement::Measurement(std::string part_name, std::string picture_name, size_t pixels)
    : part(std::move(part_name)), picture(std::move(picture_name)),
      megapixels(static_cast<double>(pixels) / 1e6)
{
}

void Measurement::add(const std::string &task, const std::string &program,
                      std::function<void()> run)
{
    subjects.push_back({task, program, std::move(run), 0, ""});
}

subject &Measurement::last()
{
    return subjects.back();
}

// CPU time of all threads: libvips works on one of its own.
static double milliseconds()
{
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

static void print_text(const char *key, const std::string &text)
{
    std::printf("\"%s\": \"%s\", ", key, text.c_str());
}

void Measurement::measure(int rounds)
{
    std::vector<std::vector<double>> times(subjects.size());
    for (int round = -1; round < rounds; round++)
        for (size_t i = 0; i < subjects.size(); i++) {
            const double start = milliseconds();
            subjects[i].run();
            if (round >= 0)
                times[i].push_back(milliseconds() - start);
        }
    for (size_t i = 0; i < subjects.size(); i++) {
        std::printf("{");
        print_text("part", part);
        print_text("picture", picture);
        print_text("task", subjects[i].task);
        print_text("program", subjects[i].program);
        if (!subjects[i].check.empty())
            print_text("check", subjects[i].check);
        std::printf("\"megapixels\": %.6f, \"bytes\": %zu, \"ms\": [", megapixels,
                    subjects[i].bytes);
        for (size_t round = 0; round < times[i].size(); round++)
            std::printf("%s%.4f", round > 0 ? ", " : "", times[i][round]);
        std::printf("]}\n");
    }
    std::fflush(stdout);
}

std::string in_megapixels(size_t pixels)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.1f MP", static_cast<double>(pixels) / 1e6);
    return text;
}

std::string stem_of(const std::string &path)
{
    const size_t slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    return name.substr(0, name.rfind('.'));
}

void prepare_libraries(const char *program)
{
    cv::setNumThreads(1);
    if (vips_init(program) != 0)
        vips_error_exit("%s", program);
    vips_concurrency_set(1);
    vips_cache_set_max(0); // or a picture that was decoded once would never be again
    std::printf("{\"part\": \"versions\", \"opencv\": \"%s\", \"libvips\": \"%s\"}\n",
                cv::getVersionString().c_str(), vips_version_string());
}
