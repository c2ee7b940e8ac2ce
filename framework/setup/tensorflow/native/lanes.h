// Sixteen numbers at once: one register of AVX-512, two of AVX2, four of SSE or NEON.
#pragma once
#include <cstdint>
#include <cstring>

namespace tfnodejs {

constexpr int64_t kLanes = 16;

typedef float Lanes __attribute__((vector_size(4 * kLanes)));
typedef int32_t LaneMask __attribute__((vector_size(4 * kLanes)));

#define INLINED inline __attribute__((always_inline))

template <int count>
struct VectorOf {
  typedef float Type __attribute__((vector_size(4 * count)));
};

template <typename Vector>
INLINED void Load(const float* from, Vector* vector) {
  std::memcpy(vector, from, sizeof(Vector));
}

template <typename Vector>
INLINED void Store(const Vector& vector, float* to) {
  std::memcpy(to, &vector, sizeof(Vector));
}

}  // namespace tfnodejs
