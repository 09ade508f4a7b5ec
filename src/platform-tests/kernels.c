/* Calls the kernels of a JNI library as a virtual machine does, without one, and prints a digest of what each gives:
 *
 *   kernels LIBRARY
 *
 * The JNI environment has what the kernels ask for and nothing else; anything else that is called ends the program. Run with the
 * library of one platform and then with another's, the outputs are to be equal: the same bits everywhere. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

typedef int64_t jlong;
typedef int32_t jint;
typedef uint8_t jboolean;
typedef double jdouble;
typedef void* jobject;
#define CLASS "Java_dev_batchmill_internal_bind_NativeKernels_"

/* Numbers of the functions in the table that every JNI environment begins with (the JNI specification, chapter 4). */
enum { kGetPrimitiveArrayCritical = 222, kReleasePrimitiveArrayCritical = 223, kFunctions = 235 };

enum { kFloat16 = 0, kFloat32 = 2, kFloat64 = 3, kInt32 = 6, kInt64 = 7, kElements = 100 * 1000 };

static int held;

/* An array is its memory. */
static void* get_critical(void* env, jobject array, jboolean* copied) {
  (void)env;
  if (copied) *copied = 0;
  held++;
  return array;
}

static void release_critical(void* env, jobject array, void* memory, jint mode) {
  (void)env, (void)array, (void)memory, (void)mode;
  held--;
}

static void unexpected(void) {
  puts("the library called a function of JNI that no kernel needs");
  exit(1);
}

static void* library;

static void* function(const char* name) {
  char whole[200];
  snprintf(whole, sizeof whole, CLASS "%s", name);
#ifdef _WIN32
  void* found = (void*)GetProcAddress(library, whole);
#else
  void* found = dlsym(library, whole);
#endif
  if (!found) {
    printf("the library has no %s\n", whole);
    exit(1);
  }
  return found;
}

/* FNV-1a. */
static uint64_t digest(const void* memory, size_t bytes) {
  const unsigned char* at = memory;
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (size_t i = 0; i < bytes; ++i) hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
  return hash;
}

static void say(const char* what, jint status, const void* memory, size_t bytes) {
  printf("%-40s status %d, arrays held %d, %016" PRIx64 "\n", what, status, held, digest(memory, bytes));
}

static uint64_t state = 12345;

static double number(void) {
  state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return ((double)(state >> 11) - 4503599627370496.0) / 1048576.0;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    puts("usage: kernels LIBRARY");
    return 2;
  }
#ifdef _WIN32
  library = (void*)LoadLibraryA(argv[1]);
  if (!library) printf("LoadLibrary: error %lu\n", GetLastError());
#else
  library = dlopen(argv[1], RTLD_NOW);
  if (!library) puts(dlerror());
#endif
  if (!library) return 1;

  static void* table[kFunctions];
  for (int i = 0; i < kFunctions; ++i) table[i] = (void*)unexpected;
  table[kGetPrimitiveArrayCritical] = (void*)get_critical;
  table[kReleasePrimitiveArrayCritical] = (void*)release_critical;
  void* env = table;

  jint (*abi)(void*, void*) = function("abiVersion");
  printf("ABI %d\n", abi(&env, NULL));

  static float x[kElements], out[kElements];
  static double wide[kElements], wide_out[kElements];
  static int32_t labels[kElements / 10];
  static int64_t rows[1000];
  for (int i = 0; i < kElements; ++i) x[i] = (float)(wide[i] = number());
  for (int i = 0; i < kElements / 10; ++i) labels[i] = (int32_t)(i * INT64_C(7919) % 10);
  for (int i = 0; i < 1000; ++i) rows[i] = i * INT64_C(7919) % 1000;

  jint (*normalize)(void*, void*, jobject, jlong, jobject, jlong, jint, jlong, jlong, jlong, jlong, jdouble, jdouble, jboolean) =
      function("normalize");
  const double orders[] = {0, 1, 2, 2.5, 3, -1};
  const jlong lengths[] = {1, 3, 16, 100, 1000, 100000};
  for (int o = 0; o < 6; ++o) {
    for (int l = 0; l < 6; ++l) {
      char what[100];
      const jlong vectors = kElements / lengths[l];
      snprintf(what, sizeof what, "normalize float32 order %g length %d", orders[o], (int)lengths[l]);
      const jint status = normalize(&env, NULL, x, 0, out, 0, kFloat32, lengths[l], 1, 0, vectors, orders[o], 0, l % 2);
      say(what, status, out, sizeof out);
      snprintf(what, sizeof what, "normalize float64 order %g length %d", orders[o], (int)lengths[l]);
      /* By address, as memory outside the heap is named. */
      const jint also = normalize(&env, NULL, NULL, (jlong)(intptr_t)wide, NULL, (jlong)(intptr_t)wide_out, kFloat64, lengths[l], 1, 0,
                                  vectors, orders[o], 0, l % 2);
      say(what, also, wide_out, sizeof wide_out);
    }
  }

  jint (*convert)(void*, void*, jobject, jlong, jint, jobject, jlong, jint, jlong, jboolean) = function("convert");
  const jint types[] = {kFloat16, kFloat64, kInt32, kInt64};
  for (int t = 0; t < 4; ++t) {
    char what[100];
    memset(wide_out, 0, sizeof wide_out);
    snprintf(what, sizeof what, "convert float32 to type %d", types[t]);
    const jint status = convert(&env, NULL, x, 0, kFloat32, wide_out, 0, types[t], kElements, 0);
    say(what, status, wide_out, sizeof wide_out);
  }

  jint (*one_hot)(void*, void*, jobject, jlong, jint, jlong, jboolean, jlong, jlong, jlong, jobject, jlong, jint, jlong, jlong, jlong,
                  jlong, jboolean) = function("oneHot");
  const float one = 1;
  uint32_t one_bits;
  memcpy(&one_bits, &one, sizeof one_bits);
  for (int streaming = 0; streaming < 2; ++streaming) {
    const jint status = one_hot(&env, NULL, labels, 0, kInt32, 10, 0, 0, 1, 1, out, 0, 4, one_bits, 0, 0, kElements / 10,
                                (jboolean)streaming);
    say(streaming ? "one-hot past the caches" : "one-hot", status, out, sizeof out);
  }

  jint (*gather)(void*, void*, jobject, jlong, jlong, jobject, jlong, jlong, jobject, jlong) = function("gather");
  say("gather", gather(&env, NULL, x, 0, 400, rows, 0, 1000, out, 0), out, sizeof out);

  /* Key: size, rows, columns, then a multiplier and an addend for each of eight rounds. */
  static int64_t key[19] = {kElements, 317, 316};
  for (int i = 3; i < 19; ++i) key[i] = (i * INT64_C(2654435761) & UINT32_MAX) | 1;
  static int64_t order[kElements];
  jint (*permutation)(void*, void*, jobject, jlong, jobject, jlong, jlong) = function("permutationFill");
  say("permutation", permutation(&env, NULL, key, 0, order, 0, kElements), order, sizeof order);

  jint (*random_fill)(void*, void*, jobject, jlong, jint, jlong, jlong, jlong, jlong, jint, jboolean) = function("randomFill");
  say("random float32", random_fill(&env, NULL, out, 0, kFloat32, kElements, 1337, 7, 0, 0, 0), out, sizeof out);
  say("random float64", random_fill(&env, NULL, wide_out, 0, kFloat64, kElements, 1337, 7, 0, 0, 0), wide_out, sizeof wide_out);
  return 0;
}
