#include <condition_variable>
#include <mutex>
#include <thread>

#include "parallel.h"

namespace tfnodejs {
namespace {

class ThreadPool {
 public:
  explicit ThreadPool(int64_t helpers) {
    for (int64_t i = 0; i < helpers; i++) std::thread([this] { Serve(); }).detach();
  }

  /** False when another thread of the process uses the pool. */
  bool Run(int64_t parts, const std::function<void(int64_t)>& work) {
    std::unique_lock<std::mutex> turn(turn_, std::try_to_lock);
    if (!turn) return false;
    std::unique_lock<std::mutex> lock(mutex_);
    work_ = &work;
    next_ = 0;
    parts_ = left_ = parts;
    wake_.notify_all();
    TakeParts(lock);
    done_.wait(lock, [this] { return left_ == 0; });
    return true;
  }

 private:
  void Serve() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return next_ < parts_; });
      TakeParts(lock);
    }
  }

  /** A helper that wakes late finds nothing left: the caller never waits for one that has not begun. */
  void TakeParts(std::unique_lock<std::mutex>& lock) {
    while (next_ < parts_) {
      const int64_t part = next_++;
      const std::function<void(int64_t)>& work = *work_;
      lock.unlock();
      work(part);
      lock.lock();
      if (--left_ == 0) done_.notify_one();
    }
  }

  std::mutex turn_, mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(int64_t)>* work_ = nullptr;
  int64_t next_ = 0, parts_ = 0, left_ = 0;
};

}  // namespace

int64_t Processors() {
  static const int64_t count = std::max<int64_t>(1, std::thread::hardware_concurrency());
  return count;
}

void RunParts(int64_t parts, const std::function<void(int64_t)>& work) {
  // Never freed: its threads sleep on it until the process ends.
  static ThreadPool* const pool = new ThreadPool(Processors() - 1);
  if (parts > 1 && pool->Run(parts, work)) return;
  for (int64_t part = 0; part < parts; part++) work(part);
}

}  // namespace tfnodejs
