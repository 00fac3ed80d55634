# SPDX-License-Identifier: MIT
# Debian packages: "cmake --build BUILD-FOLDER --target package". One for each component of cmake/library.cmake: the
# program, each shared library, and what others build with. What they depend on is found in what is linked, by
# dpkg-shlibdeps.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "The edgefetch authors <edgefetch@users.noreply.example.org>")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE ${PROJECT_HOMEPAGE_URL})

# What is loaded on demand dpkg-shlibdeps does not see; Debian calls the package of libNAME.so.3 libNAME3.
string(REPLACE ".so." "" loaded "${EDGEFETCH_LOADED_SONAMES}")

# debian_package(COMPONENT NAME SECTION DESCRIPTION): a component is a package. The description's first line is the
# summary.
macro(debian_package component name section description)
  list(APPEND CPACK_COMPONENTS_ALL ${component})
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${description}")
endmacro()

debian_package(program edgefetch graphics "pictures and edge maps from a list of image URLs
Downloads run concurrently on one event loop; every picture that arrives is
handed to a pool of sandboxed worker processes that decode it, find its edges
and encode the result. Every URL is accounted for in a manifest, and a second
run does only what is missing.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS ${loaded})
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS ca-certificates)

debian_package(development libedgefetch-dev libdevel "edge maps of pictures: development files
Headers, pkg-config files, CMake package and examples of libedgefetch, bytes of
a picture in, bytes of its edge maps out, and of libedgefetch-run, a list of
image URLs in, pictures and edge maps out.")

# debian_library(COMPONENT NAME DESCRIPTION): the package of libNAME.so, which is called by its version too. Debian
# leaves ldconfig to a trigger; CPack adds scripts that call it, which debian_scripts.cmake takes out.
set(library_version ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
macro(debian_library component name description)
  set(package ${name}${library_version})
  debian_package(${component} ${package} libs "${description}")
  set(control ${CMAKE_CURRENT_BINARY_DIR}/debian/${package})
  file(WRITE ${control}/shlibs "${name} ${library_version} ${package}\n")
  file(WRITE ${control}/triggers "activate-noawait ldconfig\n")
  set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA ${control}/shlibs ${control}/triggers)
  set(CPACK_DEBIAN_${upper}_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS ${loaded})
  list(APPEND CPACK_EDGEFETCH_LIBRARIES ${package})
endmacro()

if(BUILD_SHARED_LIBS)
  debian_library(library libedgefetch "edge maps of pictures, memory to memory: shared library
The picture half of edgefetch: bytes of a picture in, bytes of its edge maps
out, without I/O and without globals.")
  debian_library(run_library libedgefetch-run "pictures and edge maps from image URLs: shared library
A run of edgefetch for other programs: options, one call for each URL that is
finished, and the program whose sandboxed processes decode the pictures.")
  list(JOIN CPACK_EDGEFETCH_LIBRARIES " (= ${PROJECT_VERSION}), " libraries)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${libraries} (= ${PROJECT_VERSION})")
  set(CPACK_POST_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/debian_scripts.cmake)
else()
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS ON) # of the program for the workers
endif()

# Files as Debian wants them, which "cmake --install" does not make.
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/debian_files.cmake)
set(CPACK_EDGEFETCH_DEBIAN ${CMAKE_SOURCE_DIR}/packaging/debian)

include(CPack)
