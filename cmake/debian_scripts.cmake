# SPDX-License-Identifier: MIT
# CPack runs this on the packages that it has made: those of libraries are packed again without the scripts that call
# ldconfig, which their triggers do.

foreach(package ${CPACK_PACKAGE_FILES})
  get_filename_component(file ${package} NAME)
  string(REGEX REPLACE "_.*" "" name ${file})
  if(name IN_LIST CPACK_EDGEFETCH_LIBRARIES)
    set(unpacked ${CPACK_TEMPORARY_DIRECTORY}/unpacked)
    execute_process(COMMAND dpkg-deb --raw-extract ${package} ${unpacked} COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE ${unpacked}/DEBIAN/postinst ${unpacked}/DEBIAN/postrm)
    execute_process(COMMAND dpkg-deb --root-owner-group --build ${unpacked} ${package}
      OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE_RECURSE ${unpacked})
  endif()
endforeach()
