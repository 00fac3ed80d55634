# SPDX-License-Identifier: MIT
# libedgefetch-run: a run (include/edgefetch/run.h) for other programs. A library of its own, so that users of the
# picture half need no network; and edgefetch-worker, the program that it starts.

add_library(libedgefetch-run $<TARGET_OBJECTS:ef_library> $<TARGET_OBJECTS:ef_run> $<TARGET_OBJECTS:ef_proc>
  $<TARGET_OBJECTS:ef_base>)
add_library(edgefetch::run ALIAS libedgefetch-run)
target_include_directories(libedgefetch-run INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(libedgefetch-run PRIVATE PkgConfig::CURL PkgConfig::UV PkgConfig::JANSSON PkgConfig::CRYPTO
  ${EDGEFETCH_LISTS} ${EDGEFETCH_SANDBOX} Threads::Threads m)
set_target_properties(libedgefetch-run PROPERTIES
  OUTPUT_NAME edgefetch-run EXPORT_NAME run
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
if(BUILD_SHARED_LIBS)
  set_target_properties(ef_library ef_run ef_proc PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_options(libedgefetch-run PRIVATE -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/libedgefetch.map)
  set_target_properties(libedgefetch-run PROPERTIES LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/libedgefetch.map)
endif()

# What a program that links the static library has to find too. It is not private to pkg-config, whose --static would
# ask for all that libcurl was built with, down to libraries that only a static libcurl needs.
set(EDGEFETCH_FIND_RUN "")
if(NOT BUILD_SHARED_LIBS)
  set(EDGEFETCH_RUN_LIBS " -lm -pthread")
  set(modules CURL libcurl>=7.84 UV libuv>=1.40 JANSSON jansson CRYPTO "libcrypto libssl")
  foreach(name GZIP ZSTD)
    if(PkgConfig::LIST_${name} IN_LIST EDGEFETCH_LISTS)
      list(APPEND modules LIST_${name} "${EDGEFETCH_LIST_MODULE_${name}}")
    endif()
  endforeach()
  if(EDGEFETCH_SANDBOX)
    list(APPEND modules SECCOMP libseccomp>=2.4)
  endif()
  while(modules)
    list(POP_FRONT modules name module)
    string(REPLACE " " "\" \"" each "${module}")
    string(APPEND EDGEFETCH_FIND_RUN "pkg_check_modules(${name} REQUIRED IMPORTED_TARGET \"${each}\")\n  ")
    list(APPEND EDGEFETCH_RUN_MODULES "${module}")
  endwhile()
  string(REGEX REPLACE "[; ]" ", " EDGEFETCH_RUN_MODULES "${EDGEFETCH_RUN_MODULES}")
  string(REPLACE ">=" " >= " EDGEFETCH_RUN_MODULES "${EDGEFETCH_RUN_MODULES}")
endif()

# Where the library finds the program: seen from itself, and in full.
set(worker ${CMAKE_INSTALL_LIBEXECDIR}/edgefetch/edgefetch-worker)
file(RELATIVE_PATH from_library /${CMAKE_INSTALL_LIBDIR} /${worker})
set_source_files_properties(src/library/worker_path.c PROPERTIES COMPILE_DEFINITIONS
  "EDGEFETCH_WORKER=\"${CMAKE_INSTALL_FULL_LIBEXECDIR}/edgefetch/edgefetch-worker\";EDGEFETCH_WORKER_FROM_LIBRARY=\"${from_library}\"")

# The program goes where the library goes.
if(BUILD_SHARED_LIBS)
  set(worker_component run_library)
else()
  set(worker_component development)
endif()
install(TARGETS edgefetch-worker DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/edgefetch COMPONENT ${worker_component})
install(TARGETS libedgefetch-run EXPORT edgefetch
  LIBRARY COMPONENT run_library NAMELINK_COMPONENT development
  ARCHIVE COMPONENT development)
install(FILES include/edgefetch/run.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/edgefetch COMPONENT development)
install(FILES examples/run.c DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT development)
configure_file(cmake/edgefetch-run.pc.in edgefetch-run.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/edgefetch-run.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT development)
