# The target batchmill_archive: the C ABI of archive.h over libarchive, with libarchive and its codecs linked statically.
# include() builds those libraries first when they are not there: once per set of build files and compiler, in about a minute, from
# Debian's sources (third-party/fetch-sources.sh), under BATCHMILL_THIRD_PARTY.
include_guard(GLOBAL)

set(BATCHMILL_THIRD_PARTY "${CMAKE_CURRENT_LIST_DIR}/../build/third-party" CACHE PATH
  "Where the sources and builds of the statically linked libraries are kept")
set(BATCHMILL_PLATFORM "linux-x86_64" CACHE STRING "The platform to build for, in JavaCPP's spelling")
option(BATCHMILL_PINNED "Take no other versions of these libraries than the pinned ones" OFF)

# Sets `result` to the folder with the libraries' include and lib, built if need be.
function(batchmill_third_party result)
  set(project ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/third-party)
  get_filename_component(root ${BATCHMILL_THIRD_PARTY} ABSOLUTE)
  # What decides the sources, and the build of them.
  file(SHA256 ${project}/pins digest)
  file(GLOB patches CONFIGURE_DEPENDS ${project}/patches/*.patch)
  foreach(patch IN LISTS patches)
    file(SHA256 ${patch} patch)
    string(SHA256 digest "${digest} ${patch}")
  endforeach()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${project}/pins ${project}/CMakeLists.txt ${patches})
  file(SHA256 ${project}/CMakeLists.txt build_file)
  string(SHA256 key "${digest} ${BATCHMILL_PINNED} ${build_file} ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_TOOLCHAIN_FILE}")
  string(SUBSTRING ${digest} 0 8 digest)
  string(SUBSTRING ${key} 0 8 key)
  set(sources ${root}/sources-${digest})
  set(prefix ${root}/${BATCHMILL_PLATFORM}-${key})
  set(build ${prefix}-build)
  set(${result} ${prefix} PARENT_SCOPE)

  # Two builds at once: one makes the libraries, the other waits.
  file(MAKE_DIRECTORY ${root})
  file(LOCK ${root}/lock GUARD FUNCTION)
  if(EXISTS ${prefix}/stamp)
    return()
  endif()

  message(NOTICE "Building libarchive and its codecs for ${BATCHMILL_PLATFORM} (about a minute, once)")
  file(REMOVE_RECURSE ${prefix} ${build})
  set(pinned "")
  if(BATCHMILL_PINNED)
    set(pinned --pinned)
  endif()
  execute_process(COMMAND ${project}/fetch-sources.sh ${pinned} ${sources} COMMAND_ERROR_IS_FATAL ANY)
  file(MAKE_DIRECTORY ${build})
  set(log ${build}/log.txt)
  foreach(step IN ITEMS configure build)
    if(step STREQUAL configure)
      set(command -S ${project} -B ${build} -G Ninja -DTHIRD_PARTY_SOURCES=${sources} -DCMAKE_INSTALL_PREFIX=${prefix}
        -DCMAKE_TOOLCHAIN_FILE=${CMAKE_TOOLCHAIN_FILE} -DBATCHMILL_PLATFORM=${BATCHMILL_PLATFORM} -DBATCHMILL_ZIG=${BATCHMILL_ZIG})
    else()
      set(command --build ${build})
    endif()
    execute_process(COMMAND ${CMAKE_COMMAND} ${command} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
    file(APPEND ${log} "${output}")
    if(NOT status EQUAL 0)
      string(LENGTH "${output}" length)
      set(from 0)
      if(length GREATER 4000)
        math(EXPR from "${length} - 4000")
      endif()
      string(SUBSTRING "${output}" ${from} -1 output)
      message(FATAL_ERROR "Cannot ${step} the third-party libraries; the whole log is ${log}\n${output}")
    endif()
  endforeach()
  file(COPY ${sources}/versions DESTINATION ${prefix})
  file(GLOB copyrights RELATIVE ${sources} ${sources}/*/debian/copyright)
  foreach(copyright IN LISTS copyrights)
    string(REGEX REPLACE "/.*" "" package ${copyright})
    configure_file(${sources}/${copyright} ${prefix}/licenses/${package}.txt COPYONLY)
  endforeach()
  file(REMOVE_RECURSE ${build})
  file(TOUCH ${prefix}/stamp)
endfunction()

batchmill_third_party(third_party)
# For whoever packs the library: the licences of what is in it, and the versions.
file(COPY ${third_party}/licenses ${third_party}/versions DESTINATION ${CMAKE_CURRENT_BINARY_DIR}/third-party)
find_package(Threads REQUIRED)

add_library(batchmill_archive STATIC ${CMAKE_CURRENT_LIST_DIR}/../cpp/src/archive.cpp
  ${CMAKE_CURRENT_LIST_DIR}/../cpp/src/archive_memory.cpp ${CMAKE_CURRENT_LIST_DIR}/../cpp/src/archive_system.cpp
  ${CMAKE_CURRENT_LIST_DIR}/../cpp/src/rar_blocks.cpp)
target_include_directories(batchmill_archive PUBLIC ${CMAKE_CURRENT_LIST_DIR}/../cpp/include)
target_include_directories(batchmill_archive SYSTEM PUBLIC ${third_party}/include)
target_link_libraries(batchmill_archive PRIVATE batchmill_settings)
# A static library before those it needs.
foreach(name IN ITEMS archive bz2 lzma zstd lz4 z)
  target_link_libraries(batchmill_archive PUBLIC ${third_party}/lib/lib${name}.a)
endforeach()
target_link_libraries(batchmill_archive PUBLIC Threads::Threads)
