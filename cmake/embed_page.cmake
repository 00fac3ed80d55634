# SPDX-License-Identifier: MIT
# cmake -DSOURCE=src/report -DOUTPUT=page.c -P embed_page.cmake: the report page as two C arrays, split where
# its data goes. Style and script are named by their hashes in the page's content security policy, so that
# nothing else runs, whatever the data says.

# The order matters only for what runs at once: classes before their use, main last.
set(scripts format clock model summary phases story dom axis table timeline charts stage replay gallery failures hosts
  tiles main)

# base64_of_hex(OUT HEX): for the 64 digits of a SHA-256.
function(base64_of_hex out hex)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  set(text "")
  foreach(first RANGE 0 60 6)
    string(SUBSTRING "${hex}00" ${first} 6 digits)
    math(EXPR bits "0x${digits}")
    foreach(shift 18 12 6 0)
      math(EXPR place "(${bits} >> ${shift}) & 63")
      string(SUBSTRING "${alphabet}" ${place} 1 letter)
      string(APPEND text "${letter}")
    endforeach()
  endforeach()
  string(REGEX REPLACE ".$" "=" text "${text}") # 32 bytes are one short of a multiple of three
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# c_array(OUT NAME TEXT)
function(c_array out name text)
  file(WRITE "${OUTPUT}.part" "${text}")
  file(READ "${OUTPUT}.part" hex HEX)
  file(REMOVE "${OUTPUT}.part")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  set(${out} "const char ${name}[] = {${bytes}0};\n" PARENT_SCOPE)
endfunction()

file(READ "${SOURCE}/page.css" style)
set(script "")
foreach(name ${scripts})
  file(READ "${SOURCE}/${name}.js" part)
  string(APPEND script "${part}")
endforeach()
if(script MATCHES "</script|<!--" OR style MATCHES "</style")
  message(FATAL_ERROR "the page's own script or style would end too early")
endif()

string(SHA256 style_hash "${style}")
string(SHA256 script_hash "${script}")
base64_of_hex(style_hash ${style_hash})
base64_of_hex(script_hash ${script_hash})

file(READ "${SOURCE}/page.html" page)
string(REPLACE "@STYLE_HASH@" "sha256-${style_hash}" page "${page}")
string(REPLACE "@SCRIPT_HASH@" "sha256-${script_hash}" page "${page}")
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "@SCRIPT@" "${script}" page "${page}")
string(FIND "${page}" "@DATA@" place)
string(SUBSTRING "${page}" 0 ${place} head)
math(EXPR place "${place} + 6")
string(SUBSTRING "${page}" ${place} -1 tail)

c_array(head report_page_head "${head}")
c_array(tail report_page_tail "${tail}")
file(WRITE "${OUTPUT}" "// Made by cmake/embed_page.cmake.\n#include \"report/page.h\"\n\n${head}${tail}")
