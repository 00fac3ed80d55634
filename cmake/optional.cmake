# SPDX-License-Identifier: MIT
# Packages that edgefetch can do without: each is taken where pkg-config knows it and no option says no, and
# "edgefetch --version" names those that were not.

option(EDGEFETCH_MINIMAL "Build without any optional package" OFF)

# optional_package(NAME MODULE OPTION TITLE): TITLE says what is missing without it. Sets EDGEFETCH_HAS_NAME, and makes
# PkgConfig::NAME where that is true.
macro(optional_package name module option title)
  option(${option} "${title}, where it is found" ON)
  set(EDGEFETCH_HAS_${name} OFF)
  if(${option} AND NOT EDGEFETCH_MINIMAL)
    pkg_check_modules(${name} IMPORTED_TARGET "${module}")
    set(EDGEFETCH_HAS_${name} ${${name}_FOUND})
  endif()
  if(NOT EDGEFETCH_HAS_${name})
    set_property(GLOBAL APPEND PROPERTY EDGEFETCH_MISSING "${title}")
    message(STATUS "Not in this build: ${title}")
  endif()
endmacro()

# tell_missing(SOURCE): SOURCE is compiled with EDGEFETCH_MISSING, a text, when something is missing. Behind every
# optional_package().
function(tell_missing source)
  get_property(missing GLOBAL PROPERTY EDGEFETCH_MISSING)
  if(missing)
    list(JOIN missing ", " missing)
    set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS "EDGEFETCH_MISSING=\"${missing}\"")
  endif()
endfunction()
