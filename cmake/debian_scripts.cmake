# SPDX-License-Identifier: MIT
# CPack runs this on the packages that it has made: the library's is packed again without the scripts that call
# ldconfig, which its trigger does.

foreach(package ${CPACK_PACKAGE_FILES})
  get_filename_component(name ${package} NAME)
  if(name MATCHES "^${CPACK_DEBIAN_LIBRARY_PACKAGE_NAME}_")
    set(unpacked ${CPACK_TEMPORARY_DIRECTORY}/unpacked)
    execute_process(COMMAND dpkg-deb --raw-extract ${package} ${unpacked} COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE ${unpacked}/DEBIAN/postinst ${unpacked}/DEBIAN/postrm)
    execute_process(COMMAND dpkg-deb --root-owner-group --build ${unpacked} ${package}
      OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    file(REMOVE_RECURSE ${unpacked})
  endif()
endforeach()
