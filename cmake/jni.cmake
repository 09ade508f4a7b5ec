# Builds the JNI library; says nothing when nothing changed.
#
#   cmake -DSOURCE=cpp -DBUILD=... -DJNI_SOURCES=... -DJNI_OUTPUT=... -DLICENSES=... -DJAVA_HOME=... -P jni.cmake
#
# SOURCE       the CMake project
# BUILD        its build directory
# JNI_SOURCES  where JavaCPP wrote the JNI sources; it writes them anew each time, so they are copied when they differ
# JNI_OUTPUT   where the library goes
# LICENSES     where the licences and versions of the statically linked libraries go
# JAVA_HOME    the JDK whose jni.h is used
cmake_minimum_required(VERSION 3.25)

foreach(name IN ITEMS SOURCE BUILD JNI_SOURCES JNI_OUTPUT LICENSES JAVA_HOME)
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

set(copies ${BUILD}/jni)
file(MAKE_DIRECTORY ${copies})
foreach(name IN ITEMS jnibatchmill.cpp jnijavacpp.cpp)
  file(COPY_FILE ${JNI_SOURCES}/${name} ${copies}/${name} ONLY_IF_DIFFERENT)
endforeach()

set(settings -DBATCHMILL_JNI_SOURCES=${copies} -DBATCHMILL_JNI_OUTPUT=${JNI_OUTPUT} -DBATCHMILL_JAVA_HOME=${JAVA_HOME}
  -DBATCHMILL_TESTS=OFF)
set(used "")
if(EXISTS ${BUILD}/settings.txt AND EXISTS ${BUILD}/build.ninja)
  file(READ ${BUILD}/settings.txt used)
endif()
if(NOT used STREQUAL "${settings}")
  run(${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G Ninja ${settings})
  file(WRITE ${BUILD}/settings.txt "${settings}")
endif()
run(${CMAKE_COMMAND} --build ${BUILD} --target jnibatchmill)

file(COPY ${BUILD}/third-party/ DESTINATION ${LICENSES})

# The digest that NativeLibrary checks before it loads the file.
file(GLOB libraries ${JNI_OUTPUT}/*jnibatchmill.so ${JNI_OUTPUT}/*jnibatchmill.dylib ${JNI_OUTPUT}/*jnibatchmill.dll)
foreach(library IN LISTS libraries)
  file(SHA256 ${library} digest)
  file(CONFIGURE OUTPUT ${library}.sha256 CONTENT "${digest}\n")
endforeach()
