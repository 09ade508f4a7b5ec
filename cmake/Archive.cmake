# The target batchmill_archive: the C ABI of archive.h over libarchive, with libarchive and its codecs linked statically.
# include() builds those libraries first when they are not there: once per set of build files and compiler, in about a minute, from
# Debian's sources (third-party/fetch-sources.sh), under BATCHMILL_THIRD_PARTY.
include_guard(GLOBAL)

set(BATCHMILL_THIRD_PARTY "${CMAKE_CURRENT_LIST_DIR}/../build/third-party" CACHE PATH
  "Where the sources and builds of the statically linked libraries are kept")
set(BATCHMILL_PLATFORM "linux-x86_64" CACHE STRING "The platform to build for, in JavaCPP's spelling")

# Sets `result` to the folder with the libraries' include and lib, built if need be.
function(batchmill_third_party result)
  set(project ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/third-party)
  get_filename_component(root ${BATCHMILL_THIRD_PARTY} ABSOLUTE)
  file(SHA256 ${project}/fetch-sources.sh script)
  file(SHA256 ${project}/CMakeLists.txt build_file)
  string(SUBSTRING ${script} 0 8 script)
  set(sources ${root}/sources-${script})
  set(prefix ${root}/${BATCHMILL_PLATFORM})
  set(build ${root}/build-${BATCHMILL_PLATFORM})
  set(key "${script} ${build_file} ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} ${CMAKE_TOOLCHAIN_FILE}")
  set(${result} ${prefix} PARENT_SCOPE)

  # Two builds at once: one makes the libraries, the other waits.
  file(MAKE_DIRECTORY ${root})
  file(LOCK ${root}/lock GUARD FUNCTION)
  set(stamp ${prefix}/stamp)
  set(found "")
  if(EXISTS ${stamp})
    file(READ ${stamp} found)
  endif()
  if(found STREQUAL key)
    return()
  endif()

  message(NOTICE "Building libarchive and its codecs for ${BATCHMILL_PLATFORM} (about a minute, once)")
  file(REMOVE_RECURSE ${prefix} ${build})
  execute_process(COMMAND ${project}/fetch-sources.sh ${sources} COMMAND_ERROR_IS_FATAL ANY)
  file(MAKE_DIRECTORY ${build})
  set(log ${build}/log.txt)
  foreach(step IN ITEMS configure build)
    if(step STREQUAL configure)
      set(command -S ${project} -B ${build} -G Ninja -DTHIRD_PARTY_SOURCES=${sources} -DCMAKE_INSTALL_PREFIX=${prefix}
        -DCMAKE_TOOLCHAIN_FILE=${CMAKE_TOOLCHAIN_FILE})
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
  file(WRITE ${stamp} "${key}")
endfunction()

batchmill_third_party(third_party)
find_package(Threads REQUIRED)

add_library(batchmill_archive STATIC ${CMAKE_CURRENT_LIST_DIR}/../cpp/src/archive.cpp)
target_include_directories(batchmill_archive PUBLIC ${CMAKE_CURRENT_LIST_DIR}/../cpp/include)
target_include_directories(batchmill_archive SYSTEM PUBLIC ${third_party}/include)
target_link_libraries(batchmill_archive PRIVATE batchmill_settings)
# A static library before those it needs.
foreach(name IN ITEMS archive bz2 lzma zstd lz4 z)
  target_link_libraries(batchmill_archive PUBLIC ${third_party}/lib/lib${name}.a)
endforeach()
target_link_libraries(batchmill_archive PUBLIC Threads::Threads)
