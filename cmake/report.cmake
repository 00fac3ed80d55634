# SPDX-License-Identifier: MIT
# The report page is written as files of HTML, CSS and JavaScript, and is in the program as text.
file(GLOB page_sources CONFIGURE_DEPENDS src/report/*.html src/report/*.css src/report/*.js)
set(page_c ${CMAKE_BINARY_DIR}/report/page.c)
add_custom_command(OUTPUT ${page_c}
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR}/src/report -DOUTPUT=${page_c}
    -P ${CMAKE_SOURCE_DIR}/cmake/embed_page.cmake
  DEPENDS ${page_sources} cmake/embed_page.cmake
  VERBATIM)
add_library(ef_report STATIC ${page_c}
  src/report/gallery.c
  src/report/kept.c
  src/report/links.c
  src/report/machine.c
  src/report/report.c
  src/report/thumbnails.c)
target_link_libraries(ef_report PUBLIC ef_run)
