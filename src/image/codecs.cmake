# SPDX-License-Identifier: MIT
# The codecs of ef_image: what is always there, and what is taken where it is found.

target_sources(ef_image PRIVATE
  src/image/codecs.c
  src/image/container.c
  src/image/container_avif.c
  src/image/decode_stb.c
  src/image/decoders.c
  src/image/deflate.c
  src/image/deflate_runs.c
  src/image/encode_png.c
  src/image/encode_stb.c
  src/image/encoders.c
  src/image/exif.c
  src/image/held.c
  src/image/image.c
  src/image/jpeg_tables.c
  src/image/memory.c
  src/image/open.c
  src/image/oriented.c
  src/image/png_filter.c
  src/image/stb_image_impl.c
  src/image/stb_image_write_impl.c
  src/image/webp.c)
# Only stb's headers: the distribution's library has every format in it, ours only the web's.
target_include_directories(ef_image SYSTEM PRIVATE ${STB_INCLUDE_DIRS})
# stb shifts and adds signed numbers beyond their range, and means it to wrap. Of a damaged JPEG
# stb_image 2.27 also shifts by more than a word has bits, which gives some value or other. An empty chunk of image data it
# copies to nowhere.
set_source_files_properties(src/image/stb_image_impl.c src/image/stb_image_write_impl.c
  PROPERTIES COMPILE_OPTIONS "-fwrapv;-fno-sanitize=shift,nonnull-attribute")

# codec_library(NAME TITLE MODULE SOURCE...): where EDGEFETCH_WITH_NAME is on and pkg-config knows
# MODULE, links it, defines HAVE_NAME and adds the sources. TITLE says what is missing without it.
function(codec_library name title module)
  optional_package(CODEC_${name} "${module}" EDGEFETCH_WITH_${name} "${title}")
  set(EDGEFETCH_HAS_CODEC_${name} ${EDGEFETCH_HAS_CODEC_${name}} PARENT_SCOPE)
  if(EDGEFETCH_HAS_CODEC_${name})
    target_compile_definitions(ef_image PRIVATE HAVE_${name})
    target_link_libraries(ef_image PRIVATE PkgConfig::CODEC_${name})
    list(APPEND EDGEFETCH_CODECS PkgConfig::CODEC_${name})
    set(EDGEFETCH_CODECS ${EDGEFETCH_CODECS} PARENT_SCOPE)
    list(APPEND EDGEFETCH_CODEC_MODULES "${module}")
    set(EDGEFETCH_CODEC_MODULES ${EDGEFETCH_CODEC_MODULES} PARENT_SCOPE)
    string(APPEND EDGEFETCH_FIND_CODECS "pkg_check_modules(CODEC_${name} REQUIRED IMPORTED_TARGET \"${module}\")\n  ")
    set(EDGEFETCH_FIND_CODECS "${EDGEFETCH_FIND_CODECS}" PARENT_SCOPE)
    target_sources(ef_image PRIVATE ${ARGN})
  endif()
endfunction()

codec_library(LIBDEFLATE "better compression of PNG (libdeflate)" libdeflate)
codec_library(ZLIB "better compression of large PNG (zlib)" zlib)
codec_library(JPEG "fast JPEG (libjpeg-turbo)" libjpeg src/image/decode_jpeg.c src/image/encode_jpeg.c)
codec_library(PNG "fast PNG (libpng)" libpng>=1.6 src/image/decode_png.c)
codec_library(WEBP "WebP (libwebp)" libwebp src/image/decode_webp.c src/image/encode_webp.c)

# libavif is not linked but loaded on demand, by the name that a linker would have noted. Tests that
# speak to it themselves link EDGEFETCH_LOADED_CODECS.
optional_package(CODEC_AVIF libavif>=0.10 EDGEFETCH_WITH_AVIF "AVIF (libavif)")
if(EDGEFETCH_HAS_CODEC_AVIF)
  execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${CODEC_AVIF_LINK_LIBRARIES}
    OUTPUT_VARIABLE avif_headers COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH "SONAME +([^\n]+)" avif_soname "${avif_headers}")
  set(EDGEFETCH_LOADED_SONAMES ${CMAKE_MATCH_1})
  target_compile_definitions(ef_image PRIVATE HAVE_AVIF AVIF_SONAME="${EDGEFETCH_LOADED_SONAMES}")
  target_include_directories(ef_image SYSTEM PRIVATE ${CODEC_AVIF_INCLUDE_DIRS})
  target_sources(ef_image PRIVATE src/image/avif_library.c src/image/decode_avif.c)
  set(EDGEFETCH_LOADED_CODECS PkgConfig::CODEC_AVIF)
endif()
