# SPDX-License-Identifier: MIT
# libedgefetch: the picture half (include/edgefetch/edges.h) for other programs, with its pkg-config file and CMake
# package; and the installation of everything.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
option(BUILD_SHARED_LIBS "libedgefetch as a shared library" ON)

add_library(libedgefetch $<TARGET_OBJECTS:ef_image> $<TARGET_OBJECTS:ef_base>)
add_library(edgefetch::edgefetch ALIAS libedgefetch)
target_include_directories(libedgefetch INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(libedgefetch PRIVATE m ${EDGEFETCH_CODECS})
set_target_properties(libedgefetch PROPERTIES
  OUTPUT_NAME edgefetch EXPORT_NAME edgefetch
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
if(BUILD_SHARED_LIBS)
  set_target_properties(ef_image ef_base PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_options(libedgefetch PRIVATE -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/libedgefetch.map)
  set_target_properties(libedgefetch PROPERTIES LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/libedgefetch.map)
endif()

# What a program that links the static library has to find too: "libjpeg, libpng >= 1.6 ...". The shared one has
# found it already, and its users need none of it.
if(NOT BUILD_SHARED_LIBS)
  string(REPLACE ";" ", " EDGEFETCH_PRIVATE_MODULES "${EDGEFETCH_CODEC_MODULES}")
  string(REPLACE ">=" " >= " EDGEFETCH_PRIVATE_MODULES "${EDGEFETCH_PRIVATE_MODULES}")
endif()

# "cmake --install" takes all of it; cmake/debian.cmake makes a package of each component. What names none is the
# program's.
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME program)

install(TARGETS edgefetch)
install(TARGETS libedgefetch EXPORT edgefetch
  LIBRARY COMPONENT library NAMELINK_COMPONENT development
  ARCHIVE COMPONENT development)
install(FILES include/edgefetch/edges.h include/edgefetch/status.h include/edgefetch/types.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/edgefetch COMPONENT development)
install(DIRECTORY data/samples DESTINATION ${CMAKE_INSTALL_DATADIR}/edgefetch)
install(FILES examples/edges.c DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT development)
install(FILES examples/slurm/edgefetch.sbatch DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/slurm)
install(FILES examples/kubernetes/job.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/kubernetes)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT licence) # Debian's packages have theirs

# Relative, so that "cmake --install --prefix" may put it anywhere.
file(RELATIVE_PATH EDGEFETCH_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" EDGEFETCH_PREFIX_FROM_PC "${EDGEFETCH_PREFIX_FROM_PC}")
configure_file(cmake/edgefetch.pc.in edgefetch.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/edgefetch.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT development)

include(cmake/library_run.cmake)

set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/edgefetch)
configure_package_config_file(cmake/edgefetchConfig.cmake.in edgefetchConfig.cmake
  INSTALL_DESTINATION ${package_directory})
write_basic_package_version_file(edgefetchConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/edgefetchConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/edgefetchConfigVersion.cmake DESTINATION ${package_directory} COMPONENT development)
install(EXPORT edgefetch NAMESPACE edgefetch:: FILE edgefetchTargets.cmake DESTINATION ${package_directory}
  COMPONENT development)

# All that is installed, without the tests: what ./run builds. cmake/manual.cmake adds its part.
add_custom_target(installed)
add_dependencies(installed edgefetch edgefetch-worker libedgefetch libedgefetch-run)
