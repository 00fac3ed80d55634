# SPDX-License-Identifier: MIT
# CPack runs this when the files of every component lie in a folder of their own, before it packs them: each package
# gets its copyright file and its changelog, manual pages are compressed, and the completion for zsh goes where Debian's
# zsh looks for those of packages: site-functions is not in its fpath below /usr, only below /usr/local.

function(compress file)
  execute_process(COMMAND gzip -9n ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

foreach(component ${CPACK_COMPONENTS_ALL})
  string(TOUPPER ${component} upper)
  set(share ${CPACK_TEMPORARY_DIRECTORY}/${component}/usr/share)
  set(documents ${share}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
  file(COPY ${CPACK_EDGEFETCH_DEBIAN}/copyright ${CPACK_EDGEFETCH_DEBIAN}/changelog DESTINATION ${documents}
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  compress(${documents}/changelog)
  file(GLOB pages ${share}/man/man*/*)
  foreach(page ${pages})
    compress(${page})
  endforeach()
  if(EXISTS ${share}/zsh/site-functions)
    file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions)
  endif()
endforeach()
