// SPDX-License-Identifier: MIT
// Decoding and encoding beside OpenCV and libvips, on one thread, from memory to memory.
//
//     bench_opencv_codecs ROUNDS FILE.jpg...
//
// A JPEG is decoded as it is; PNG and WebP are made of it. We hand rows on and keep one; OpenCV and
// libvips keep the picture, which is how each is used. What is encoded is the picture's edge maps.
#include "measure.hpp"
#include "ours.hpp"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vips/vips.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

namespace
{

using bytes = std::vector<uint8_t>;

[[noreturn]] void fail(const char *what)
{
    std::fprintf(stderr, "bench_opencv_codecs: %s failed\n", what);
    std::exit(1);
}

// ---- decoding ----

using take_row = std::function<void(const bytes &row)>;

void decode_ours(const bytes &file, pixels form, bool stb_only, const take_row &take)
{
    open_settings settings = {};
    settings.pixels = form;
    settings.max_pixels = 1000000000;
    settings.stb_only = stb_only;
    source *source = nullptr;
    ef_type type;
    if (picture_open(file.data(), file.size(), &settings, &source, &type, nullptr) != EF_OK)
        fail("opening");
    bytes row(source->width * (form == PIXELS_RGB ? size_t{3} : size_t{1}));
    for (uint32_t y = 0; y < source->height; y++) {
        uint8_t *const rgb = form == PIXELS_RGB ? row.data() : nullptr;
        uint8_t *const gray = form == PIXELS_GRAY ? row.data() : nullptr;
        if (source->read(source, rgb, gray, nullptr) != EF_OK)
            fail("decoding");
        if (take)
            take(row);
    }
    source->close(source);
}

// The largest difference between libjpeg-turbo's picture and stb_image's, over all samples.
std::string largest_difference(const bytes &file, pixels form)
{
    bytes whole;
    decode_ours(file, form, false,
                [&](const bytes &row) { whole.insert(whole.end(), row.begin(), row.end()); });
    int largest = 0;
    size_t at = 0;
    decode_ours(file, form, true, [&](const bytes &row) {
        for (const uint8_t sample : row)
            largest = std::max(largest, std::abs(sample - whole[at++]));
    });
    return "differs from libjpeg-turbo by at most " + std::to_string(largest);
}

void decode_vips(const bytes &file)
{
    VipsImage *const in = vips_image_new_from_buffer(file.data(), file.size(), "", "access",
                                                     VIPS_ACCESS_SEQUENTIAL, nullptr);
    if (in == nullptr)
        vips_error_exit("cannot decode");
    size_t size;
    g_free(vips_image_write_to_memory(in, &size));
    g_object_unref(in);
}

void add_decoders(Measurement &measurement, const std::string &type, const bytes &file)
{
    const auto kept = std::make_shared<cv::Mat>();
    const bool is_jpeg = type == "jpeg", has_stb = type != "webp";
    for (const pixels form : {PIXELS_RGB, PIXELS_GRAY}) {
        const std::string task = "decode " + type + (form == PIXELS_RGB ? ", rgb" : ", gray");
        const int flag = form == PIXELS_RGB ? cv::IMREAD_COLOR : cv::IMREAD_GRAYSCALE;
        measurement.add(task, "edgefetch", [&file, form] { decode_ours(file, form, false, {}); });
        if (has_stb)
            measurement.add(task, "edgefetch, stb",
                            [&file, form] { decode_ours(file, form, true, {}); });
        if (is_jpeg)
            measurement.last().check = largest_difference(file, form);
        measurement.add(task, "opencv",
                        [&file, kept, flag] { cv::imdecode(file, flag, kept.get()); });
        if (form == PIXELS_RGB)
            measurement.add(task, "libvips", [&file] { decode_vips(file); });
    }
}

// ---- encoding ----

int count(void *context, const void *, size_t size)
{
    *static_cast<size_t *>(context) += size;
    return 0;
}

size_t encode_ours(const cv::Mat &map, bool two_valued)
{
    size_t size = 0;
    encode_settings settings = {};
    settings.channels = 1;
    settings.width = static_cast<uint32_t>(map.cols);
    settings.height = static_cast<uint32_t>(map.rows);
    settings.two_valued = two_valued;
    settings.compression = 1;
    settings.write = count;
    settings.context = &size;
    sink *sink = nullptr;
    if (encoder_for(EF_FORMAT_PNG)->open(&settings, &sink) != EF_OK)
        fail("opening an encoder");
    for (int y = 0; y < map.rows; y++)
        if (sink->write(sink, map.ptr(y)) != EF_OK)
            fail("encoding");
    if (sink->finish(sink) != EF_OK)
        fail("finishing");
    sink->close(sink);
    return size;
}

size_t encode_opencv(const cv::Mat &map, bool two_valued, bytes &kept)
{
    std::vector<int> settings = {cv::IMWRITE_PNG_COMPRESSION, 1};
    if (two_valued)
        settings.insert(settings.end(), {cv::IMWRITE_PNG_BILEVEL, 1});
    if (!cv::imencode(".png", map, kept, settings))
        fail("imencode");
    return kept.size();
}

size_t encode_vips(const cv::Mat &map, bool two_valued)
{
    VipsImage *const in =
        vips_image_new_from_memory(map.data, map.total(), map.cols, map.rows, 1, VIPS_FORMAT_UCHAR);
    void *out = nullptr;
    size_t size = 0;
    if (in == nullptr || vips_pngsave_buffer(in, &out, &size, "compression", 1, "bitdepth",
                                             two_valued ? 1 : 8, nullptr) != 0)
        vips_error_exit("cannot encode");
    g_free(out);
    g_object_unref(in);
    return size;
}

void add_encoder(Measurement &measurement, const std::string &task, const std::string &program,
                 const std::function<size_t()> &encode)
{
    measurement.add(task, program, [encode] { encode(); });
    measurement.last().bytes = encode();
}

void add_encoders(Measurement &measurement, const std::string &task, const cv::Mat &map,
                  bool two_valued)
{
    const auto kept = std::make_shared<bytes>();
    add_encoder(measurement, task, "edgefetch",
                [&map, two_valued] { return encode_ours(map, two_valued); });
    add_encoder(measurement, task, "opencv",
                [&map, kept] { return encode_opencv(map, false, *kept); });
    if (two_valued)
        add_encoder(measurement, task, "opencv, bilevel",
                    [&map, kept] { return encode_opencv(map, true, *kept); });
    add_encoder(measurement, task, "libvips",
                [&map, two_valued] { return encode_vips(map, two_valued); });
}

// ---- pictures ----

struct maps {
    cv::Mat neighbor, canny, sobel;
};

maps edges_of(cv::Mat picture)
{
    cv::Mat gray;
    cv::cvtColor(picture, gray, cv::COLOR_BGR2GRAY);
    maps maps;
    for (cv::Mat *map : {&maps.neighbor, &maps.canny, &maps.sobel})
        map->create(picture.size(), CV_8U);
    planes planes = {static_cast<size_t>(gray.cols), static_cast<size_t>(gray.rows), picture.data,
                     gray.data, maps.neighbor.data};
    ours_neighbor(kernels(), &planes, 30);
    planes.map = maps.canny.data;
    if (!ours_canny(canny_rows(), &planes, 100, 200, false))
        fail("canny");
    planes.map = maps.sobel.data;
    ours_stencil(kernels(), &planes, STENCIL_SOBEL, {false, -1});
    return maps;
}

bytes read_file(const std::string &path)
{
    std::ifstream stream(path, std::ios::binary);
    return bytes(std::istreambuf_iterator<char>(stream), {});
}

void measure(const std::string &path, int rounds)
{
    const bytes jpeg = read_file(path);
    bytes png, webp;
    const cv::Mat picture = cv::imdecode(jpeg, cv::IMREAD_COLOR);
    if (picture.empty())
        fail("imdecode");
    cv::imencode(".png", picture, png);
    cv::imencode(".webp", picture, webp, {cv::IMWRITE_WEBP_QUALITY, 80});
    const maps maps = edges_of(picture);
    Measurement measurement("codecs", stem_of(path) + ", " + in_megapixels(picture.total()),
                            picture.total());
    add_decoders(measurement, "jpeg", jpeg);
    add_decoders(measurement, "png", png);
    add_decoders(measurement, "webp", webp);
    add_encoders(measurement, "encode neighbor's map as png", maps.neighbor, true);
    add_encoders(measurement, "encode canny's map as png", maps.canny, true);
    add_encoders(measurement, "encode sobel's magnitude as png", maps.sobel, false);
    measurement.measure(rounds);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3) {
        std::fputs("usage: bench_opencv_codecs ROUNDS FILE.jpg...\n", stderr);
        return 2;
    }
    prepare_libraries(argv[0]);
    for (int i = 2; i < argc; i++)
        measure(argv[i], std::atoi(argv[1]));
    return 0;
}
