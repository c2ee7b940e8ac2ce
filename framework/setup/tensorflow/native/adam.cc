// One update of Adam for one variable, in one pass over its numbers, and the norm of a gradient.
#include <cmath>
#include <numeric>

#include "additions.h"
#include "arguments.h"
#include "parallel.h"

namespace tfnodejs {
namespace {

struct Update {
  float scale, rate, beta1, complement1, beta2, complement2, epsilon, root2;
};

VECTORISED void Apply(const Update& u, const float* weight, const float* first, const float* second, const float* gradient,
                      float* newWeight, float* newFirst, float* newSecond, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) {
    const float slope = gradient[i] * u.scale;
    const float mean = u.beta1 * first[i] + u.complement1 * slope;
    const float square = u.beta2 * second[i] + u.complement2 * slope * slope;
    newFirst[i] = mean;
    newSecond[i] = square;
    newWeight[i] = weight[i] - u.rate * mean / (std::sqrt(square) * u.root2 + u.epsilon);
  }
}

constexpr int64_t kLeastForThread = 1 << 15;

/** adam([weight, first, second, gradient], the numbers of Update): the ids of the three that follow. */
napi_value Adam(napi_env env, napi_callback_info info) {
  napi_value arguments[2], ids[4];
  if (!TakeArguments(env, info, 2, arguments)) return nullptr;
  for (uint32_t i = 0; i < 4; i++) napi_get_element(env, arguments[0], i, &ids[i]);
  const HostTensor weight(env, ids[0]), first(env, ids[1]), second(env, ids[2]), gradient(env, ids[3]);
  Memory numbers;
  if (!weight.ok() || !first.ok() || !second.ok() || !gradient.ok() || !MemoryOf(env, arguments[1], &numbers) || numbers.bytes != sizeof(Update)) {
    return Fail(env, "adam takes four tensors and eight numbers");
  }
  if (first.size() != weight.size() || second.size() != weight.size() || gradient.size() != weight.size()) {
    return Fail(env, "adam: the tensors have different sizes");
  }
  const std::vector<int64_t> shape = weight.shape();
  const HostTensor newWeight(Allocate(TF_FLOAT, shape)), newFirst(Allocate(TF_FLOAT, shape)), newSecond(Allocate(TF_FLOAT, shape));
  const Update& update = *static_cast<Update*>(numbers.data);
  InParallel(weight.size(), kLeastForThread, [&](int64_t begin, int64_t end) {
    Apply(update, weight.floats(), first.floats(), second.floats(), gradient.floats(), newWeight.floats(), newFirst.floats(), newSecond.floats(), begin, end);
  });
  napi_value made;
  napi_create_array_with_length(env, 3, &made);
  uint32_t place = 0;
  for (const HostTensor* tensor : {&newWeight, &newFirst, &newSecond}) napi_set_element(env, made, place++, NumberOf(env, tensor->get()));
  return made;
}

/** Chunks are summed apart and then together, in their order: however many threads there are, the bits are the same. */
constexpr int64_t kChunk = 1 << 14;

/** Eight sums at once: one alone waits for each addition. */
VECTORISED double SquaredNorm(const float* values, int64_t size) {
  double sums[8] = {};
  int64_t i = 0;
  for (; i + 8 <= size; i += 8) {
    for (int lane = 0; lane < 8; lane++) sums[lane] += static_cast<double>(values[i + lane]) * values[i + lane];
  }
  for (; i < size; i++) sums[0] += static_cast<double>(values[i]) * values[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/** norm(id): the root of the sum of squares, summed in float64, as a tensor [1]. */
napi_value Norm(napi_env env, napi_callback_info info) {
  napi_value argument;
  if (!TakeArguments(env, info, 1, &argument)) return nullptr;
  const HostTensor x(env, argument);
  if (!x.ok()) return Fail(env, "norm takes a tensor");
  const HostTensor norm(Allocate(TF_FLOAT, {1}));
  const int64_t chunks = (x.size() + kChunk - 1) / kChunk;
  std::vector<double> sums(chunks);
  InParallel(chunks, 4, [&](int64_t first, int64_t end) {
    for (int64_t i = first; i < end; i++) sums[i] = SquaredNorm(x.floats() + i * kChunk, std::min(kChunk, x.size() - i * kChunk));
  });
  norm.floats()[0] = static_cast<float>(std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0)));
  return NumberOf(env, norm.get());
}

}  // namespace

void AddAdam(napi_env env, napi_value exports) {
  AddFunction(env, exports, "adam", Adam);
  AddFunction(env, exports, "norm", Norm);
}

}  // namespace tfnodejs
