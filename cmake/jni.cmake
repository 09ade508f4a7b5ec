# Builds a JNI library; says nothing when nothing changed.
#
#   cmake -DLIBRARY=... -DSOURCE=cpp -DBUILD=... -DJNI_SOURCES=... -DJNI_OUTPUT=... -DJAVA_HOME=... [-DLICENSES=...]
#     [-DSETTINGS=...] [-DNVCC=VERSION] -P jni.cmake
#
# LIBRARY      its name
# SOURCE       the CMake project
# BUILD        its build directory
# JNI_SOURCES  where JavaCPP wrote the JNI sources; it writes them anew each time, so they are copied when they differ
# JNI_OUTPUT   where the library goes
# JAVA_HOME    the JDK whose jni.h is used
# LICENSES     where the licences and versions of the statically linked libraries go
# SETTINGS     further settings of the project, such as -DNAME=VALUE
# NVCC         the oldest version of nvcc that will do; without it there is no library, and JNI_OUTPUT is deleted
cmake_minimum_required(VERSION 3.25)

foreach(name IN ITEMS LIBRARY SOURCE BUILD JNI_SOURCES JNI_OUTPUT JAVA_HOME)
  if(NOT ${name})
    message(FATAL_ERROR "jni.cmake needs -D${name}=...")
  endif()
endforeach()

# Runs a command whose output matters only when it fails.
function(run)
  execute_process(COMMAND ${ARGV} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${output}\nfailed (${result}): ${command}")
  endif()
endfunction()

if(NVCC)
  set(found "none")
  find_program(nvcc nvcc HINTS /usr/local/cuda/bin)
  if(nvcc)
    execute_process(COMMAND ${nvcc} --version OUTPUT_VARIABLE output)
    string(REGEX MATCH "release ([0-9.]+)" match "${output}")
    set(found ${CMAKE_MATCH_1})
  endif()
  if(NOT found VERSION_GREATER_EQUAL NVCC)
    message(STATUS "${LIBRARY} is left out: it needs nvcc ${NVCC} or newer, found: ${found}")
    file(REMOVE_RECURSE ${JNI_OUTPUT})
    return()
  endif()
  list(APPEND SETTINGS -DCMAKE_CUDA_COMPILER=${nvcc})
endif()

set(copies ${BUILD}/jni)
file(MAKE_DIRECTORY ${copies})
foreach(name IN ITEMS ${LIBRARY}.cpp jnijavacpp.cpp)
  file(COPY_FILE ${JNI_SOURCES}/${name} ${copies}/${name} ONLY_IF_DIFFERENT)
endforeach()

set(settings -DBATCHMILL_JNI_SOURCES=${copies} -DBATCHMILL_JNI_OUTPUT=${JNI_OUTPUT} -DBATCHMILL_JAVA_HOME=${JAVA_HOME}
  -DBATCHMILL_TESTS=OFF ${SETTINGS})
set(used "")
if(EXISTS ${BUILD}/settings.txt AND EXISTS ${BUILD}/build.ninja)
  file(READ ${BUILD}/settings.txt used)
endif()
if(NOT used STREQUAL "${settings}")
  run(${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G Ninja ${settings})
  file(WRITE ${BUILD}/settings.txt "${settings}")
endif()
run(${CMAKE_COMMAND} --build ${BUILD} --target ${LIBRARY})

if(LICENSES)
  file(COPY ${BUILD}/third-party/ DESTINATION ${LICENSES})
endif()

# The digest that NativeLibrary checks before it loads the file.
file(GLOB libraries ${JNI_OUTPUT}/*${LIBRARY}.so ${JNI_OUTPUT}/*${LIBRARY}.dylib ${JNI_OUTPUT}/*${LIBRARY}.dll)
foreach(library IN LISTS libraries)
  file(SHA256 ${library} digest)
  file(CONFIGURE OUTPUT ${library}.sha256 CONTENT "${digest}\n")
endforeach()
