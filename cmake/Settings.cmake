# How every target of the project is compiled: the target batchmill_settings.
include_guard(GLOBAL)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3")
set(CMAKE_C_FLAGS_RELEASE "-O3")
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

set(BATCHMILL_SANITIZERS "" CACHE STRING "Sanitizers to build everything with, as for -fsanitize=")
if(BATCHMILL_SANITIZERS)
  add_compile_options(-fsanitize=${BATCHMILL_SANITIZERS} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BATCHMILL_SANITIZERS})
endif()

option(BATCHMILL_FUZZERS "Instrument everything for libFuzzer (needs Clang)" OFF)
if(BATCHMILL_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_library(batchmill_settings INTERFACE)
target_compile_options(batchmill_settings INTERFACE
  -Wall -Wextra -Werror
  # The same bits everywhere: no fused multiply-add. The other two change no value; they let loops become vectors.
  -ffp-contract=off -fno-math-errno -fno-trapping-math
  # Clang warns where it leaves a loop scalar although its iterations are independent.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed>)
