// Threads for loops that TensorFlow has no operation for.
#pragma once
#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

// One build for every x86-64 processor: the loader picks the version that it can run.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)
#define VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORISED
#endif

namespace tfnodejs {

/** Calls work(first, end) on disjoint ranges of 0 … count, each at least `least` long, one on each thread. */
template <typename Work>
void InParallel(int64_t count, int64_t least, const Work& work) {
  const int64_t processors = std::max<int64_t>(1, std::thread::hardware_concurrency());
  const int64_t parts = std::max<int64_t>(1, std::min(processors, count / std::max<int64_t>(1, least)));
  std::vector<std::thread> threads;
  for (int64_t part = 1; part < parts; part++) {
    threads.emplace_back([&work, count, parts, part] { work(count * part / parts, count * (part + 1) / parts); });
  }
  work(0, count / parts);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace tfnodejs
