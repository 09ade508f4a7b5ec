/* Fibers: stacks that the scheduler switches to and that switch back. Sanitizers are told of every switch. */
#ifndef BATCHMILL_FIBER_H
#define BATCHMILL_FIBER_H

#include <stddef.h>

#include <memory>

namespace batchmill {
namespace sim {

class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /* Before the first enter(): what will run. entry must not return; it leaves for good by leave(). */
  void start(void (*entry)());

  /* From the scheduler: runs the fiber until it leaves. */
  void enter();

  /* From the fiber: back to the scheduler. */
  void leave();

  /* From the fiber, at its very beginning. */
  void begin();

 private:
  struct Sanitizer;

  static constexpr size_t kStackBytes = 64 * 1024;

  std::unique_ptr<unsigned char[]> stack_;
  void* own_ = nullptr;       /* The stack pointer of the fiber while it does not run. */
  void* scheduler_ = nullptr; /* That of the scheduler while it does. */
  std::unique_ptr<Sanitizer> sanitizer_;
};

/* What one thread did before the one call happens before what another does after the other. For ThreadSanitizer. */
void happens_before(const void* what);
void happens_after(const void* what);

/* How many races ThreadSanitizer has reported so far. */
int reported_races();

}  // namespace sim
}  // namespace batchmill

#endif
