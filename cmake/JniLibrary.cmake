# The library jnibatchmill: the JNI sources that JavaCPP generated and everything they bind.
add_library(jnibatchmill SHARED ${BATCHMILL_JNI_SOURCES}/jnibatchmill.cpp ${BATCHMILL_JNI_SOURCES}/jnijavacpp.cpp)
# The generated code brings the contents of jni_md.h for every system; the build machine's JDK headers serve them all.
file(GLOB jni_md_directories ${BATCHMILL_JAVA_HOME}/include/linux ${BATCHMILL_JAVA_HOME}/include/darwin
  ${BATCHMILL_JAVA_HOME}/include/win32)
target_include_directories(jnibatchmill PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/bind)
target_include_directories(jnibatchmill SYSTEM PRIVATE ${BATCHMILL_JAVA_HOME}/include ${jni_md_directories})
# No batchmill_settings: the warnings in generated code are not ours.
target_compile_options(jnibatchmill PRIVATE -w)
target_link_libraries(jnibatchmill PRIVATE batchmill batchmill_archive)
# The library stands alone: no RUNPATH, no symbol but JNI's, none left undefined.
set_target_properties(jnibatchmill PROPERTIES
  SKIP_BUILD_RPATH ON
  LIBRARY_OUTPUT_DIRECTORY ${BATCHMILL_JNI_OUTPUT}
  LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/exports.map)
target_link_options(jnibatchmill PRIVATE -s -Wl,--gc-sections -Wl,-z,defs -Wl,-z,noexecstack -Wl,-Bsymbolic
  -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/exports.map)
target_link_libraries(jnibatchmill PRIVATE ${CMAKE_DL_LIBS} pthread)
