# Builds the JNI libraries of several platforms with zig, each as jni.cmake does; with linux-x86_64 also the CUDA library, if there
# is nvcc.
#
#   cmake -DPLATFORMS="NAME;NAME..." -DHOST=NAME -DBUILD=... -DOUTPUT=... -DPACKAGE=dev/... -DJNI_SOURCES=... -DJAVA_HOME=...
#     -P natives.cmake
#
# PLATFORMS    their names in JavaCPP's spelling, as a list
# HOST         the platform whose natives, when it is not among those named, are left as they are; those of others are deleted
# BUILD        the directory for the builds, and for zig
# OUTPUT       what goes into a platform's jar goes into OUTPUT/NAME
# PACKAGE      the directory in the jar that the library belongs to; NAME follows
# JNI_SOURCES, JAVA_HOME  as for jni.cmake
cmake_minimum_required(VERSION 3.25)

foreach(name IN ITEMS PLATFORMS HOST BUILD OUTPUT PACKAGE JNI_SOURCES JAVA_HOME)
  if(NOT ${name})
    message(FATAL_ERROR "natives.cmake needs -D${name}=...")
  endif()
endforeach()

set(zig ${BUILD}/zig)
execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/zig/fetch-zig.sh ${zig} COMMAND_ERROR_IS_FATAL ANY)

function(build_library library source build output)
  set(settings -DCMAKE_TOOLCHAIN_FILE=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/zig/zig.cmake -DBATCHMILL_ZIG=${zig}
    -DBATCHMILL_PLATFORM=${platform} -DBATCHMILL_PINNED=ON
    # nvcc knows GCC, not zig, which links what both made.
    -DCMAKE_CUDA_HOST_COMPILER=g++)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -DLIBRARY=${library} -DSOURCE=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../${source} -DBUILD=${build}
      -DJNI_SOURCES=${JNI_SOURCES} -DJNI_OUTPUT=${output}/${PACKAGE}/${platform} -DJAVA_HOME=${JAVA_HOME}
      "-DSETTINGS=${settings}" ${ARGN} -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/jni.cmake
    COMMAND_ERROR_IS_FATAL ANY)
  if(EXISTS ${output}/${PACKAGE}/${platform})
    # Of what zig links into it: libc++, libc++abi and libunwind have this one.
    set(licenses ${output}/META-INF/third-party/licenses)
    configure_file(${zig}/package/lib/libcxx/LICENSE.TXT ${licenses}/llvm.txt COPYONLY)
    if(platform MATCHES windows)
      configure_file(${zig}/package/lib/libc/mingw/COPYING ${licenses}/mingw-w64.txt COPYONLY)
    endif()
  endif()
endfunction()

file(GLOB earlier RELATIVE ${OUTPUT} ${OUTPUT}/*)
foreach(name IN LISTS earlier)
  string(REGEX REPLACE "-gpu$" "" platform ${name})
  if(NOT platform IN_LIST PLATFORMS AND NOT platform STREQUAL HOST)
    file(REMOVE_RECURSE ${OUTPUT}/${name})
  endif()
endforeach()
foreach(platform IN LISTS PLATFORMS)
  message(STATUS "The natives of ${platform}")
  build_library(jnibatchmill cpp ${BUILD}/zig-${platform}/jni ${OUTPUT}/${platform}
    -DLICENSES=${OUTPUT}/${platform}/META-INF/third-party)
  if(platform STREQUAL linux-x86_64)
    build_library(jnibatchmillcuda cuda ${BUILD}/zig-${platform}/gpu ${OUTPUT}/${platform}-gpu -DNVCC=12.8)
  endif()
endforeach()
