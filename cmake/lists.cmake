# SPDX-License-Identifier: MIT
# What compressed lists are read with, where it is found.

# list_library(NAME MODULE): where pkg-config knows MODULE, and no option says no, links it to ef_run and defines
# HAVE_NAME there.
function(list_library name module)
  option(EDGEFETCH_LISTS_${name} "Read lists that are compressed with ${name}" ON)
  if(EDGEFETCH_LISTS_${name})
    pkg_check_modules(LIST_${name} IMPORTED_TARGET "${module}")
  endif()
  if(EDGEFETCH_LISTS_${name} AND LIST_${name}_FOUND)
    set_property(SOURCE src/run/unpack.c APPEND PROPERTY COMPILE_DEFINITIONS HAVE_${name})
    target_link_libraries(ef_run PRIVATE PkgConfig::LIST_${name})
    set(EDGEFETCH_LISTS ${EDGEFETCH_LISTS} PkgConfig::LIST_${name} PARENT_SCOPE)
    set(EDGEFETCH_LIST_MODULE_${name} "${module}" PARENT_SCOPE)
  else()
    message(STATUS "lists compressed with ${name} will not be read")
  endif()
endfunction()

list_library(GZIP zlib)
list_library(ZSTD libzstd>=1.4)
