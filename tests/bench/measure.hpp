// SPDX-License-Identifier: MIT
// Times programs side by side on one thread: a round runs all of them once, one after the other,
// so that whatever else the machine does hits all alike. What is measured goes to standard output,
// a line of JSON for each, with every round in it; report.py makes medians and ratios of them.
#ifndef BENCH_MEASURE_HPP
#define BENCH_MEASURE_HPP

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

// The same task done by one of several programs.
struct subject {
    std::string task, program;
    std::function<void()> run;
    size_t bytes = 0;  // of what it made, for encoders; 0: not said
    std::string check; // what a comparison of results gave, or empty
};

class Measurement
{
  public:
    Measurement(std::string part, std::string picture, size_t pixels);
    void add(const std::string &task, const std::string &program, std::function<void()> run);
    subject &last();
    // Runs everything once to warm up and then `rounds` times, and prints.
    void measure(int rounds);

  private:
    std::string part, picture;
    double megapixels;
    std::vector<subject> subjects;
};

// "2.1 MP": how pictures are called.
std::string in_megapixels(size_t pixels);

// The name of a file without its directory and extension.
std::string stem_of(const std::string &path);

// One thread for every library, and a line of JSON with their versions.
void prepare_libraries(const char *program);

#endif
