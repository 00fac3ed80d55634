# SPDX-License-Identifier: MIT
# What compressed lists are read with, where it is found.

# list_library(NAME TITLE MODULE): where pkg-config knows MODULE, and no option says no, links it to ef_run and defines
# HAVE_NAME there.
function(list_library name title module)
  optional_package(LIST_${name} "${module}" EDGEFETCH_LISTS_${name} "${title}")
  if(EDGEFETCH_HAS_LIST_${name})
    set_property(SOURCE src/run/unpack.c APPEND PROPERTY COMPILE_DEFINITIONS HAVE_${name})
    target_link_libraries(ef_run PRIVATE PkgConfig::LIST_${name})
    set(EDGEFETCH_LISTS ${EDGEFETCH_LISTS} PkgConfig::LIST_${name} PARENT_SCOPE)
    set(EDGEFETCH_LIST_MODULE_${name} "${module}" PARENT_SCOPE)
  endif()
endfunction()

list_library(GZIP "lists in gzip (zlib)" zlib)
list_library(ZSTD "lists in zstd (libzstd)" libzstd>=1.4)
