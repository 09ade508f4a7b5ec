# Writes the library's Gradle module metadata: one variant without natives, and one for each platform that adds its jar,
# chosen by the attributes org.gradle.native.operatingSystem and org.gradle.native.architecture.
# The format: https://github.com/gradle/gradle/blob/master/platforms/documentation/docs/src/docs/design/gradle-module-metadata-latest-specification.md
#
#   cmake -DJAR=... -DPLATFORMS=... -DVERSION=... -DJAVA=17 -DDEPENDENCIES=... -DOUTPUT=... -P module-metadata.cmake
#
# JAR           the jar with the classes; the natives' jars lie beside it
# PLATFORMS     JavaCPP's names of the platforms whose jars are published, as a list
# VERSION       the library's
# JAVA          the oldest version of Java that it runs on
# DEPENDENCIES  group:module:version of what it needs, as a list
# OUTPUT        the file to write
cmake_minimum_required(VERSION 3.25)

foreach(name IN ITEMS JAR PLATFORMS VERSION JAVA DEPENDENCIES OUTPUT)
  if(NOT ${name})
    message(FATAL_ERROR "module-metadata.cmake needs -D${name}=...")
  endif()
endforeach()

# Gradle's names for the two halves of JavaCPP's name of a platform.
set(linux linux)
set(windows windows)
set(macosx macos)
set(x86_64 x86-64)
set(arm64 aarch64)

# The entry of one file, with the size and the digests that Gradle checks.
function(file_entry variable file)
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "jar does not exist: file=${file}; build its platform, or leave it out of PLATFORMS")
  endif()
  cmake_path(GET file FILENAME name)
  file(SIZE ${file} size)
  set(entry "{ \"name\": \"${name}\", \"url\": \"${name}\", \"size\": ${size}")
  foreach(algorithm IN ITEMS SHA512 SHA256 SHA1 MD5)
    file(${algorithm} ${file} digest)
    string(TOLOWER ${algorithm} key)
    string(APPEND entry ", \"${key}\": \"${digest}\"")
  endforeach()
  set(${variable} "        ${entry} }" PARENT_SCOPE)
endfunction()

# variant(NAME USAGE ATTRIBUTES FILE...): appends to `variants`.
function(variant name usage attributes)
  list(JOIN ARGN ",\n" files)
  string(CONFIGURE [[
    {
      "name": "@name@",
      "attributes": {
        "org.gradle.category": "library",
        "org.gradle.dependency.bundling": "external",
        "org.gradle.jvm.version": @JAVA@,
        "org.gradle.libraryelements": "jar",@attributes@
        "org.gradle.usage": "@usage@"
      },
      "dependencies": [
@dependencies@
      ],
      "files": [
@files@
      ]
    }]] text @ONLY)
  set(variants ${variants} "${text}" PARENT_SCOPE)
endfunction()

set(dependencies "")
foreach(dependency IN LISTS DEPENDENCIES)
  string(REGEX MATCH "^([^:]+):([^:]+):([^:]+)$" match ${dependency})
  list(APPEND dependencies "        { \"group\": \"${CMAKE_MATCH_1}\", \"module\": \"${CMAKE_MATCH_2}\", \
\"version\": { \"requires\": \"${CMAKE_MATCH_3}\" } }")
endforeach()
list(JOIN dependencies ",\n" dependencies)

set(variants "")
file_entry(classes ${JAR})
variant(apiElements java-api "" "${classes}")
variant(runtimeElements java-runtime "" "${classes}")
foreach(platform IN LISTS PLATFORMS)
  string(REGEX MATCH "^([^-]+)-(.+)$" match ${platform})
  set(system "${${CMAKE_MATCH_1}}")
  set(architecture "${${CMAKE_MATCH_2}}")
  if(NOT system OR NOT architecture)
    message(FATAL_ERROR "platform without a name in Gradle: platform=${platform}")
  endif()
  string(REGEX REPLACE "\\.jar$" "-${platform}.jar" jar ${JAR})
  file_entry(natives ${jar})
  variant(${platform}-runtimeElements java-runtime "
        \"org.gradle.native.architecture\": \"${architecture}\",
        \"org.gradle.native.operatingSystem\": \"${system}\"," "${classes}" "${natives}")
endforeach()
list(JOIN variants ",\n" variants)

set(status release)
if(VERSION MATCHES "-SNAPSHOT$")
  set(status integration)
endif()
string(CONFIGURE [[{
  "formatVersion": "1.1",
  "component": {
    "group": "dev.batchmill",
    "module": "batchmill",
    "version": "@VERSION@",
    "attributes": { "org.gradle.status": "@status@" }
  },
  "variants": [
@variants@
  ]
}
]] text @ONLY)
file(WRITE ${OUTPUT} "${text}")
