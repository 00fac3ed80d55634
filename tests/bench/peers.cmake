# SPDX-License-Identifier: MIT
# What edgefetch is measured beside. Only here is C++ needed: OpenCV has no other interface.
enable_language(CXX)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)

pkg_check_modules(VIPS REQUIRED IMPORTED_TARGET vips)
pkg_check_modules(TURBOJPEG REQUIRED IMPORTED_TARGET libjpeg)

# The distribution's small packages of OpenCV come without a file for CMake or pkg-config.
add_library(bench_opencv INTERFACE)
find_path(OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
target_include_directories(bench_opencv SYSTEM INTERFACE ${OPENCV_INCLUDE})
foreach(module core imgproc imgcodecs)
  find_library(OPENCV_${module} opencv_${module} REQUIRED)
  target_link_libraries(bench_opencv INTERFACE ${OPENCV_${module}})
endforeach()

add_library(bench_measure STATIC measure.cpp)
target_link_libraries(bench_measure PUBLIC bench_ours bench_opencv PkgConfig::VIPS)

add_executable(bench_opencv_kernels kernels_peers.cpp opencv_rules.cpp)
add_executable(bench_opencv_codecs codecs_peers.cpp)
add_executable(edges_opencv edges_opencv.cpp opencv_rules.cpp)
foreach(program bench_opencv_kernels bench_opencv_codecs)
  target_link_libraries(${program} PRIVATE bench_measure)
endforeach()
target_link_libraries(edges_opencv PRIVATE bench_opencv Threads::Threads)

add_executable(decode_libjpeg decode_libjpeg.c each_file.c)
target_link_libraries(decode_libjpeg PRIVATE PkgConfig::TURBOJPEG Threads::Threads)
add_executable(edges_vips edges_vips.c each_file.c)
target_link_libraries(edges_vips PRIVATE PkgConfig::VIPS Threads::Threads)
