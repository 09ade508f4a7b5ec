/* The scheduler. Never instrumented, and it allocates nothing while a fiber runs: both would order what the threads do. */
#include "simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "fiber.h"

dim3 threadIdx;
dim3 blockIdx;
dim3 blockDim;
dim3 gridDim;

namespace batchmill {
namespace sim {
namespace {

constexpr uint32_t kWarpThreads = 32;
constexpr uint32_t kMostThreads = 1024;
constexpr size_t kSharedBytes = 48 * 1024; /* What a block has without asking for more. */
#if defined(BM_SIM_THREAD)
constexpr unsigned char kPoison = 0; /* Reads that come too early go on: see check_shared_read. */
#else
constexpr unsigned char kPoison = 0xA5;
#endif

bool operator==(const Place& a, const Place& b) { return a.line == b.line && strcmp(a.file, b.file) == 0; }

enum class State { kReady, kAtBarrier, kWithWarp, kEnded };

struct Thread {
  Fiber fiber;
  State state = State::kEnded;
  dim3 index;
  size_t shared_used = 0;
  int barriers = 0;
  /* Where it waits, what for, and with whom. */
  Place place = {};
  Together what = Together::kSync;
  uint32_t mask = 0;
  uint32_t argument = 0;
  uint64_t value = 0; /* Given, then received. */
};

/* One launch at a time. */
struct Machine {
  Rules rules;
  std::mt19937_64 random;
  const std::function<void()>* kernel = nullptr;
  std::vector<std::unique_ptr<Thread>> threads;
  uint32_t block_threads = 0;
  uint32_t running = 0;
  uint32_t ended = 0;
  int barriers_met = 0;
  /* Barriers alternate between two clocks: a thread that is at the next barrier is not yet known to one that leaves this. */
  uint64_t barrier_generation = 0;
  uint64_t warp_generation[kMostThreads / kWarpThreads] = {};
  char barrier_clock[2] = {};
  char warp_clock[kMostThreads / kWarpThreads][2] = {};
  /* What came before a launch, and what its threads did; blocks are not ordered among one another. */
  char start_clock = 0;
  char end_clock = 0;
  bool failed = false;
  char message[512] = "";
  unsigned char* shared = nullptr;
  bool written[kSharedBytes];
};

Machine& machine() {
  static Machine the_machine;
  return the_machine;
}

Thread& current() { return *machine().threads[machine().running]; }

/* Notes the first thing that went wrong; the running fiber never runs again. */
template <typename... Values>
void fail(const char* format, Values... values) {
  Machine& m = machine();
  if (!m.failed) {
    const int used = snprintf(m.message, sizeof m.message, "block %u, thread %u: ", blockIdx.x, m.running);
    snprintf(m.message + used, sizeof m.message - used, format, values...);
    m.failed = true;
  }
}

template <typename... Values>
void fail_here(const char* format, Values... values) {
  fail(format, values...);
  for (;;) current().fiber.leave();
}

void fiber_main() {
  Machine& m = machine();
  Thread& self = current();
  self.fiber.begin();
  happens_after(&m.start_clock);
  (*m.kernel)();
  happens_before(&m.end_clock);
  self.state = State::kEnded;
  ++m.ended;
  for (;;) self.fiber.leave();
}

uint32_t first_of_warp(uint32_t thread) { return thread - thread % kWarpThreads; }

/* The last thread of a barrier lets all of them go. */
void complete_barrier() {
  Machine& m = machine();
  for (uint32_t t = 0; t < m.block_threads; ++t) {
    if (m.threads[t]->state != State::kAtBarrier) return;
  }
  for (uint32_t t = 0; t < m.block_threads; ++t) {
    if (!(m.threads[t]->place == m.threads[0]->place)) {
      fail("__syncthreads: thread %u waits at line %d, thread 0 at line %d", t, m.threads[t]->place.line,
           m.threads[0]->place.line);
      return;
    }
    m.threads[t]->state = State::kReady;
  }
  ++m.barrier_generation;
}

bool is_with_warp(const Thread& self, uint32_t other) {
  const Thread& t = *machine().threads[other];
  return t.state == State::kWithWarp && t.what == self.what && t.place == self.place;
}

uint64_t received(const Thread& self, uint32_t first, uint32_t lane, const uint64_t* given) {
  const auto from = [&](uint32_t source) {
    if (source >= kWarpThreads) return given[lane]; /* Beyond the warp a thread gets its own value back. */
    if ((self.mask >> source & 1) == 0) {
      fail("shuffle: lane %u reads from lane %u, which is not in the mask %08x", lane, source, self.mask);
      return uint64_t{0};
    }
    return given[source];
  };
  switch (self.what) {
    case Together::kShuffleXor:
      return from(lane ^ self.argument);
    case Together::kShuffleDown:
      return from(lane + self.argument);
    case Together::kShuffleFrom:
      return from(self.argument % kWarpThreads);
    case Together::kBallot: {
      uint64_t votes = 0;
      for (uint32_t l = 0; l < kWarpThreads && first + l < machine().block_threads; ++l) {
        if (self.mask >> l & 1) votes |= given[l] << l;
      }
      return votes;
    }
    default:
      return 0;
  }
}

/* The last thread of those that the mask names gives all of them what they wait for. */
void complete_together(const Thread& last) {
  Machine& m = machine();
  const uint32_t first = first_of_warp(m.running);
  uint64_t given[kWarpThreads] = {};
  for (uint32_t l = 0; l < kWarpThreads; ++l) {
    if ((last.mask >> l & 1) == 0) continue;
    if (!is_with_warp(last, first + l)) return;
    given[l] = m.threads[first + l]->value;
  }
  for (uint32_t l = 0; l < kWarpThreads; ++l) {
    if ((last.mask >> l & 1) == 0) continue;
    Thread& t = *m.threads[first + l];
    if (t.mask != last.mask) {
      fail("masks of threads of one warp differ: lane %u has %08x, another %08x", l, t.mask, last.mask);
      return;
    }
    t.value = received(t, first, l, given);
    t.state = State::kReady;
  }
  if (last.what == Together::kSync) ++m.warp_generation[first / kWarpThreads];
}

void tell_deadlock() {
  Machine& m = machine();
  for (uint32_t t = 0; t < m.block_threads; ++t) {
    const Thread& thread = *m.threads[t];
    m.running = t;
    if (thread.state == State::kAtBarrier) {
      fail("__syncthreads: not all threads of the block come here: ended=%u of %u", m.ended, m.block_threads);
    } else if (thread.state == State::kWithWarp) {
      fail("a warp's operation: not all threads of the mask %08x come here", thread.mask);
    }
  }
}

class SharedPages {
 public:
  SharedPages() : pages_(mmap(nullptr, kSharedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (pages_ == MAP_FAILED) abort();
  }
  ~SharedPages() { munmap(pages_, kSharedBytes); }
  SharedPages(const SharedPages&) = delete;
  SharedPages& operator=(const SharedPages&) = delete;

  unsigned char* get() const { return static_cast<unsigned char*>(pages_); }

 private:
  void* const pages_;
};

/* Runs those of the threads that can go on, each until it waits or ends; whether there was one. */
bool run_ready(const uint32_t* threads, uint32_t count) {
  Machine& m = machine();
  bool any = false;
  for (uint32_t i = 0; i < count && !m.failed; ++i) {
    Thread& thread = *m.threads[threads[i]];
    if (thread.state != State::kReady) continue;
    any = true;
    m.running = threads[i];
    threadIdx = thread.index;
    thread.fiber.enter();
  }
  return any;
}

void run_block() {
  Machine& m = machine();
  m.ended = 0;
  /* New pages for every block: what ThreadSanitizer knows of old ones, it forgets. */
  const SharedPages pages;
  m.shared = pages.get();
  for (size_t i = 0; i < kSharedBytes; ++i) {
    m.shared[i] = kPoison;
    m.written[i] = false;
  }
  for (uint32_t t = 0; t < m.block_threads; ++t) {
    Thread& thread = *m.threads[t];
    thread.state = State::kReady;
    thread.index = dim3(t % blockDim.x, t / blockDim.x % blockDim.y, t / blockDim.x / blockDim.y);
    thread.shared_used = 0;
    thread.barriers = 0;
    thread.fiber.start(fiber_main);
  }
  std::vector<uint32_t> order(m.block_threads), warps((m.block_threads + kWarpThreads - 1) / kWarpThreads);
  for (uint32_t t = 0; t < m.block_threads; ++t) {
    order[t] = m.rules.schedule == Schedule::kDescending ? m.block_threads - 1 - t : t;
  }
  for (uint32_t w = 0; w < warps.size(); ++w) warps[w] = w;
  while (m.ended < m.block_threads && !m.failed) {
    bool any = false;
    if (m.rules.schedule == Schedule::kShuffled) {
      std::shuffle(warps.begin(), warps.end(), m.random);
      for (uint32_t w : warps) {
        const uint32_t first = w * kWarpThreads, last = std::min(first + kWarpThreads, m.block_threads);
        std::shuffle(order.begin() + first, order.begin() + last, m.random);
        while (!m.failed && run_ready(order.data() + first, last - first)) any = true;
      }
    } else {
      any = run_ready(order.data(), m.block_threads);
    }
    if (!any && !m.failed) tell_deadlock();
  }
  for (uint32_t t = 0; t < m.block_threads; ++t) m.barriers_met = std::max(m.barriers_met, m.threads[t]->barriers);
}

}  // namespace

void set_rules(const Rules& rules) {
  machine().rules = rules;
  machine().random.seed(rules.seed);
}

int barriers_met() {
  const int met = machine().barriers_met;
  machine().barriers_met = 0;
  return met;
}

const char* last_error() { return machine().message; }

bool take_failure() {
  const bool failed = machine().failed;
  machine().failed = false;
  return failed;
}

void launch(dim3 blocks, dim3 threads, const std::function<void()>& kernel) {
  Machine& m = machine();
  m.block_threads = threads.x * threads.y * threads.z;
  m.running = 0;
  if (m.failed) return; /* Until cudaGetLastError has told. */
  m.message[0] = '\0';
  if (m.block_threads == 0 || m.block_threads > kMostThreads || blocks.x == 0 || blocks.x > 0x7fffffff || blocks.y > 65535 ||
      blocks.y == 0 || blocks.z != 1) {
    fail("a launch of %u x %u blocks of %u threads", blocks.x, blocks.y, m.block_threads);
    return;
  }
  while (m.threads.size() < m.block_threads) m.threads.push_back(std::make_unique<Thread>());
  m.kernel = &kernel;
  blockDim = threads;
  gridDim = blocks;
  std::vector<uint64_t> order(uint64_t{blocks.x} * blocks.y);
  for (uint64_t b = 0; b < order.size(); ++b) {
    order[b] = m.rules.schedule == Schedule::kDescending ? order.size() - 1 - b : b;
  }
  if (m.rules.schedule == Schedule::kShuffled) std::shuffle(order.begin(), order.end(), m.random);
  happens_before(&m.start_clock);
  for (uint64_t b : order) {
    blockIdx = dim3(static_cast<uint32_t>(b % blocks.x), static_cast<uint32_t>(b / blocks.x));
    run_block();
    if (m.failed) break;
  }
  happens_after(&m.end_clock);
}

void sync_threads(Place place) {
  Machine& m = machine();
  Thread& self = current();
  if (self.barriers++ == m.rules.removed_barrier) return;
  const int parity = m.barrier_generation & 1;
  self.place = place;
  self.state = State::kAtBarrier;
  happens_before(&m.barrier_clock[parity]);
  complete_barrier();
  self.fiber.leave();
  happens_after(&m.barrier_clock[parity]);
}

uint64_t together(Together what, uint32_t mask, uint64_t value, uint32_t argument, Place place) {
  Machine& m = machine();
  Thread& self = current();
  const uint32_t first = first_of_warp(m.running), lane = m.running - first, warp = first / kWarpThreads;
  if ((mask >> lane & 1) == 0) fail_here("lane %u is not in its own mask %08x", lane, mask);
  for (uint32_t l = 0; l < kWarpThreads; ++l) {
    if ((mask >> l & 1) != 0 && (first + l >= m.block_threads || m.threads[first + l]->state == State::kEnded)) {
      fail_here("the mask %08x names lane %u, which has ended or does not exist", mask, l);
    }
  }
  if (what == Together::kSync && self.barriers++ == m.rules.removed_barrier) return 0;
  const int parity = m.warp_generation[warp] & 1;
  self.place = place;
  self.what = what;
  self.mask = mask;
  self.argument = argument;
  self.value = value;
  self.state = State::kWithWarp;
  if (what == Together::kSync) happens_before(&m.warp_clock[warp][parity]);
  complete_together(self);
  self.fiber.leave();
  if (what == Together::kSync) happens_after(&m.warp_clock[warp][parity]);
  return self.value;
}

void* shared_memory(size_t bytes) {
  Thread& self = current();
  constexpr size_t kAlignment = 16;
  const size_t at = (self.shared_used + kAlignment - 1) / kAlignment * kAlignment;
  if (at + bytes > kSharedBytes) fail_here("more shared memory than a block has: %zu bytes", at + bytes);
  self.shared_used = at + bytes;
  return machine().shared + at;
}

void check_shared_index(uint32_t index, uint32_t size) {
  if (index >= size) fail_here("shared memory: index %u of an array of %u", index, size);
}

void check_shared_read(const void* at, size_t bytes) {
#if defined(BM_SIM_THREAD)
  /* A read that comes too early is a race, and reported as one. */
  static_cast<void>(at);
  static_cast<void>(bytes);
#else
  const size_t from = static_cast<const unsigned char*>(at) - machine().shared;
  if (!machine().written[from] || !machine().written[from + bytes - 1]) {
    fail_here("shared memory is read before it is written, at byte %zu", from);
  }
#endif
}

void note_shared_write(const void* at, size_t bytes) {
  const size_t from = static_cast<const unsigned char*>(at) - machine().shared;
  for (size_t i = 0; i < bytes; ++i) machine().written[from + i] = true;
}

}  // namespace sim
}  // namespace batchmill
