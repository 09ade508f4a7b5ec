# Fails when an object defines a weak symbol: the linker keeps one of several, and could keep the one for another processor.
foreach(object IN LISTS OBJECTS)
  execute_process(COMMAND ${NM} --defined-only --demangle ${object} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  if(symbols MATCHES "[0-9a-f]+ [WwVvu] [^\n]*")
    message(FATAL_ERROR "${object} defines a symbol that can be merged: ${CMAKE_MATCH_0}")
  endif()
endforeach()
