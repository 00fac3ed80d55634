# SPDX-License-Identifier: MIT
# Completions, and man pages where scdoc is found. Both have the options from the table in src/cli/options.c, by a
# program that is run here; packagers compress the pages.

if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(STATUS "No completions and man pages: what is built does not run here, and CMAKE_CROSSCOMPILING_EMULATOR is not set")
  return()
endif()

add_executable(describe
  src/describe/bash.c
  src/describe/fish.c
  src/describe/main.c
  src/describe/manual.c
  src/describe/zsh.c)
target_link_libraries(describe PRIVATE ef_cli)

# edgefetch_completion(SHELL FILE FOLDER): FOLDER is below share.
function(edgefetch_completion shell file folder)
  set(made ${CMAKE_BINARY_DIR}/completions/${shell}/${file})
  add_custom_command(OUTPUT ${made} COMMAND describe ${shell} > ${made} DEPENDS describe VERBATIM)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/completions/${shell})
  add_custom_target(completion-${shell} ALL DEPENDS ${made})
  add_dependencies(installed completion-${shell})
  install(FILES ${made} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder})
endfunction()

edgefetch_completion(bash edgefetch bash-completion/completions)
edgefetch_completion(zsh _edgefetch zsh/site-functions)
edgefetch_completion(fish edgefetch.fish fish/vendor_completions.d)

find_program(SCDOC scdoc)
if(NOT SCDOC OR EDGEFETCH_MINIMAL)
  message(STATUS "Not in this build: man pages (scdoc)")
  return()
endif()

# man/NAME.SECTION.scd is the page NAME(SECTION).
function(edgefetch_man_pages)
  foreach(page IN LISTS ARGN)
    string(REGEX REPLACE ".*\\." "" section ${page})
    set(template ${CMAKE_SOURCE_DIR}/man/${page}.scd)
    set(made ${CMAKE_BINARY_DIR}/man/${page})
    add_custom_command(OUTPUT ${made}
      COMMAND describe manual ${template} > ${made}.scd
      COMMAND ${SCDOC} < ${made}.scd > ${made}
      DEPENDS describe ${template} VERBATIM)
    list(APPEND pages ${made})
    if(section EQUAL 3)
      set(component development)
    else()
      set(component program)
    endif()
    install(FILES ${made} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${component})
  endforeach()
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/man)
  add_custom_target(man-pages ALL DEPENDS ${pages})
  add_dependencies(installed man-pages)
endfunction()

edgefetch_man_pages(
  edgefetch.1
  edgefetch-bench.1
  edgefetch-demo.1
  edgefetch-edges.1
  edgefetch-merge.1
  edgefetch-report.1
  edgefetch-retry.1
  edgefetch-serve.1
  edgefetch-verify.1
  edgefetch-manifest.5
  edgefetch.conf.5
  libedgefetch.3
  libedgefetch-run.3)

# "edgefetch run" is what edgefetch(1) tells of.
file(WRITE ${CMAKE_BINARY_DIR}/man/edgefetch-run.1 ".so man1/edgefetch.1\n")
install(FILES ${CMAKE_BINARY_DIR}/man/edgefetch-run.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
