# A JNI library: the sources that JavaCPP generated and everything they bind.
#
#   add_jni_library(NAME EXPORTS LIBRARY...)
#
# EXPORTS is the linker's version script with what the library exports. Windows and macOS have the attributes in the sources for it.
#
# BATCHMILL_JNI_SOURCES  directory with the JNI sources; empty: no JNI library
# BATCHMILL_JNI_OUTPUT   where the library goes
# BATCHMILL_JAVA_HOME    the JDK whose jni.h is used
include_guard(GLOBAL)

set(BATCHMILL_JNI_SOURCES "" CACHE PATH "Directory with the JNI sources that JavaCPP generated; empty: no JNI library")
set(BATCHMILL_JNI_OUTPUT "${CMAKE_CURRENT_BINARY_DIR}" CACHE PATH "Where the JNI library goes")
set(BATCHMILL_JAVA_HOME "$ENV{JAVA_HOME}" CACHE PATH "The JDK whose jni.h is used")
# Our functions, and those of JavaCPP, whose own library need not be there; or ours alone, for a library beside such a one.
set(BATCHMILL_JNI_EXPORTS ${CMAKE_CURRENT_LIST_DIR}/exports.map)
set(BATCHMILL_OWN_EXPORTS ${CMAKE_CURRENT_LIST_DIR}/own-exports.map)

if(BATCHMILL_JNI_SOURCES)
  add_compile_definitions(BM_STATIC)
endif()
if(APPLE)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fvisibility-global-new-delete=force-hidden>)
endif()

function(add_jni_library name exports)
  add_library(${name} SHARED ${BATCHMILL_JNI_SOURCES}/${name}.cpp ${BATCHMILL_JNI_SOURCES}/jnijavacpp.cpp)
  # The generated code brings the contents of jni_md.h for every system; the build machine's JDK headers serve them all.
  file(GLOB jni_md_directories ${BATCHMILL_JAVA_HOME}/include/linux ${BATCHMILL_JAVA_HOME}/include/darwin
    ${BATCHMILL_JAVA_HOME}/include/win32)
  if(BATCHMILL_ZIG AND NOT WIN32)
    target_sources(${name} PRIVATE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../cpp/bind/no_demangler.c)
  endif()
  if(APPLE)
    # zig's linker takes no list of exports.
    target_sources(${name} PRIVATE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../cpp/bind/hidden_new.cpp)
  endif()
  target_include_directories(${name} SYSTEM PRIVATE ${BATCHMILL_JAVA_HOME}/include ${jni_md_directories})
  # No batchmill_settings: the warnings in generated code are not ours.
  target_compile_options(${name} PRIVATE -w -ffunction-sections)
  # The library stands alone: no RUNPATH, no symbol but JNI's, none left undefined.
  set_target_properties(${name} PROPERTIES
    SKIP_BUILD_RPATH ON
    INSTALL_NAME_DIR "@rpath"
    BUILD_WITH_INSTALL_NAME_DIR ON
    LINKER_LANGUAGE CXX
    LIBRARY_OUTPUT_DIRECTORY ${BATCHMILL_JNI_OUTPUT}
    RUNTIME_OUTPUT_DIRECTORY ${BATCHMILL_JNI_OUTPUT}
    LINK_DEPENDS ${exports})
  if(WIN32)
    # JavaCPP's name for it: no prefix.
    set_target_properties(${name} PROPERTIES PREFIX "")
    target_link_options(${name} PRIVATE -s)
  elseif(APPLE)
    target_link_options(${name} PRIVATE -s -Wl,-dead_strip)
  else()
    target_link_options(${name} PRIVATE -s -Wl,--gc-sections -Wl,-z,defs -Wl,-z,noexecstack -Wl,-Bsymbolic
      -Wl,--version-script=${exports})
  endif()
  find_package(Threads REQUIRED)
  target_link_libraries(${name} PRIVATE ${ARGN} ${CMAKE_DL_LIBS} Threads::Threads)
endfunction()
