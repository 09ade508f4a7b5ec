/* Takes the place of the C++ library's demangler, a sixth of the code of a small library: it would only spell the type of an
 * exception that nobody caught. */
#include <stddef.h>

char* __cxa_demangle(const char* mangled, char* out, size_t* length, int* status) {
  (void)mangled, (void)out, (void)length;
  if (status) *status = -1;
  return NULL;
}
