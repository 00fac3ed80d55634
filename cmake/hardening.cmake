# SPDX-License-Identifier: MIT
# What makes a bug harder to use: each measure where the compiler has it, for everything that is built here.
# tests/e2e/test_hardening.py reads them back from the program. Sanitizers bring their own and want none of these.
# Not here: -ftrivial-auto-var-init=zero, with which the plain C kernel of neighbor takes a tenth longer; valgrind
# sees what it would hide.

include(CheckCCompilerFlag)
include(CheckCSourceCompiles)
include(CheckPIESupported)

if(CMAKE_C_FLAGS MATCHES "-fsanitize")
  return()
endif()

check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Shadow stack and indirect branch tracking are x86's; other processors' compilers refuse the option.
foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
  string(MAKE_C_IDENTIFIER "EDGEFETCH_HAS${flag}" has)
  check_c_compiler_flag(${flag} ${has})
  if(${has})
    add_compile_options(${flag})
  endif()
endforeach()

# The C library checks sizes only in optimised builds, and warns where it does not know a level.
set(CMAKE_REQUIRED_FLAGS "-O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
check_c_source_compiles("#include <string.h>\nint main(void) { return (int)strlen(\"\"); }" EDGEFETCH_HAS_FORTIFY_3)
unset(CMAKE_REQUIRED_FLAGS)
set(fortify_level $<IF:$<BOOL:${EDGEFETCH_HAS_FORTIFY_3}>,3,2>)
add_compile_options($<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
  $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=${fortify_level}>)

# Every function is found before main() begins, and where it was found is read-only from then on.
add_link_options(LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack)
