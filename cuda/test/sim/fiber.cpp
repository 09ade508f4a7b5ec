/* This file is never instrumented: to ThreadSanitizer the scheduler does not exist. The executable says by BM_SIM_ADDRESS and
 * BM_SIM_THREAD which sanitizer runs. */
#include "fiber.h"

#include <stdint.h>

#if defined(BM_SIM_ADDRESS)
extern "C" {
void __sanitizer_start_switch_fiber(void** fake_stack, const void* bottom, size_t size);
void __sanitizer_finish_switch_fiber(void* fake_stack, const void** bottom, size_t* size);
}
#endif
#if defined(BM_SIM_THREAD)
extern "C" {
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}
#endif

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace batchmill {
namespace sim {

#if defined(__x86_64__)

/* Saves the registers that a function must keep on the running stack, stores its pointer, and goes on with the other one. */
extern "C" void bm_sim_switch(void** from, void* to);
asm(R"(
  .text
  .globl bm_sim_switch
  .hidden bm_sim_switch
  .type bm_sim_switch, @function
bm_sim_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size bm_sim_switch, .-bm_sim_switch
)");

namespace {
constexpr int kSavedRegisters = 6;

void* first_frame(unsigned char* stack, size_t bytes, void (*entry)()) {
  const uintptr_t top = reinterpret_cast<uintptr_t>(stack + bytes) & ~uintptr_t{15};
  /* As after a call: the stack pointer of a function is 8 below a multiple of 16. */
  void** frame = reinterpret_cast<void**>(top) - 2;
  *frame = reinterpret_cast<void*>(entry);
  for (int i = 0; i < kSavedRegisters; ++i) *--frame = nullptr;
  return frame;
}
}  // namespace

#else

namespace {
void bm_sim_switch(void** from, void* to) {
  ucontext_t* here = new ucontext_t;
  *from = here;
  ucontext_t* there = static_cast<ucontext_t*>(to);
  swapcontext(here, there);
  delete here;
}

void* first_frame(unsigned char* stack, size_t bytes, void (*entry)()) {
  ucontext_t* context = new ucontext_t;
  getcontext(context);
  context->uc_stack.ss_sp = stack;
  context->uc_stack.ss_size = bytes;
  context->uc_link = nullptr;
  makecontext(context, entry, 0);
  return context;
}
}  // namespace

#endif

struct Fiber::Sanitizer {
#if defined(BM_SIM_ADDRESS)
  void* fake_stack = nullptr;
  const void* scheduler_bottom = nullptr;
  size_t scheduler_size = 0;
#endif
#if defined(BM_SIM_THREAD)
  void* fiber = nullptr;
  void* scheduler = nullptr;
  ~Sanitizer() {
    if (fiber) __tsan_destroy_fiber(fiber);
  }
#endif
};

#if defined(BM_SIM_THREAD)
namespace {
constexpr unsigned kNoSync = 1; /* __tsan_switch_to_fiber_no_sync */
}
#endif

Fiber::Fiber() : stack_(new unsigned char[kStackBytes]), sanitizer_(new Sanitizer) {}
Fiber::~Fiber() = default;

void Fiber::start(void (*entry)()) {
  own_ = first_frame(stack_.get(), kStackBytes, entry);
#if defined(BM_SIM_ADDRESS)
  sanitizer_->fake_stack = nullptr;
#endif
#if defined(BM_SIM_THREAD)
  if (sanitizer_->fiber) __tsan_destroy_fiber(sanitizer_->fiber);
  sanitizer_->fiber = __tsan_create_fiber(0);
#endif
}

void Fiber::enter() {
#if defined(BM_SIM_ADDRESS)
  void* scheduler_fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&scheduler_fake_stack, stack_.get(), kStackBytes);
#endif
#if defined(BM_SIM_THREAD)
  sanitizer_->scheduler = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(sanitizer_->fiber, kNoSync);
#endif
  bm_sim_switch(&scheduler_, own_);
#if defined(BM_SIM_ADDRESS)
  __sanitizer_finish_switch_fiber(scheduler_fake_stack, nullptr, nullptr);
#endif
}

void Fiber::begin() {
#if defined(BM_SIM_ADDRESS)
  __sanitizer_finish_switch_fiber(nullptr, &sanitizer_->scheduler_bottom, &sanitizer_->scheduler_size);
#endif
}

void Fiber::leave() {
#if defined(BM_SIM_ADDRESS)
  __sanitizer_start_switch_fiber(&sanitizer_->fake_stack, sanitizer_->scheduler_bottom, sanitizer_->scheduler_size);
#endif
#if defined(BM_SIM_THREAD)
  __tsan_switch_to_fiber(sanitizer_->scheduler, kNoSync);
#endif
  bm_sim_switch(&own_, scheduler_);
#if defined(BM_SIM_ADDRESS)
  __sanitizer_finish_switch_fiber(sanitizer_->fake_stack, &sanitizer_->scheduler_bottom, &sanitizer_->scheduler_size);
#endif
}

void happens_before(const void* what) {
#if defined(BM_SIM_THREAD)
  __tsan_release(const_cast<void*>(what));
#else
  static_cast<void>(what);
#endif
}

void happens_after(const void* what) {
#if defined(BM_SIM_THREAD)
  __tsan_acquire(const_cast<void*>(what));
#else
  static_cast<void>(what);
#endif
}

namespace {
int races = 0;
}

int reported_races() { return races; }

}  // namespace sim
}  // namespace batchmill

#if defined(BM_SIM_THREAD)
extern "C" {
/* ThreadSanitizer calls these. The tests count the reports, some of which are wanted; TSAN_OPTIONS=log_path=stderr shows them.
 */
__attribute__((visibility("default"))) void __tsan_on_report(void*) { ++batchmill::sim::races; }
__attribute__((visibility("default"))) const char* __tsan_default_options() {
  return "exitcode=0:suppress_equal_stacks=0:suppress_equal_addresses=0:log_path=/dev/null";
}
}
#endif
