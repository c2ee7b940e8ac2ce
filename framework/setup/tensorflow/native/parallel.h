// Threads for loops that TensorFlow has no operation for, or a slow one.
#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>

// One build for every x86-64 processor: the loader picks the version that it can run.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__)
#define VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORISED
#endif

namespace tfnodejs {

int64_t Processors();

/**
 * Calls work(part) for 0 ... parts - 1, on this thread and those of a pool that lives as long as the process, and returns when all
 * are done. Who takes which part depends on time; what a part is does not, so results have the same bits every time.
 */
void RunParts(int64_t parts, const std::function<void(int64_t)>& work);

/** Calls work(first, end) on disjoint ranges of 0 ... count, each at least `least` long, one for each processor. */
template <typename Work>
void InParallel(int64_t count, int64_t least, const Work& work) {
  const int64_t parts = std::max<int64_t>(1, std::min(Processors(), count / std::max<int64_t>(1, least)));
  if (parts == 1) {
    work(int64_t{0}, count);
    return;
  }
  RunParts(parts, [&](int64_t part) { work(count * part / parts, count * (part + 1) / parts); });
}

}  // namespace tfnodejs
