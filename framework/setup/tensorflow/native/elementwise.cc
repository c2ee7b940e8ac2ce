// Sums, differences, products and `relu` with its gradient: TensorFlow's take ten times as long to call, and share out to threads
// what one thread does sooner.
#include <algorithm>
#include <vector>

#include "additions.h"
#include "arguments.h"
#include "parallel.h"

namespace tfnodejs {
namespace {

enum Operation : int32_t { kAdd, kSubtract, kMultiply, kReluGradient, kRelu, kOperations };

/** to[i] = a[i] (op) b[i]. */
VECTORISED void Combine(Operation operation, const float* a, const float* b, float* to, int64_t count) {
  switch (operation) {
    case kAdd:
      for (int64_t i = 0; i < count; i++) to[i] = a[i] + b[i];
      return;
    case kSubtract:
      for (int64_t i = 0; i < count; i++) to[i] = a[i] - b[i];
      return;
    case kMultiply:
      for (int64_t i = 0; i < count; i++) to[i] = a[i] * b[i];
      return;
    case kReluGradient:
      for (int64_t i = 0; i < count; i++) to[i] = b[i] > 0 ? a[i] : 0;
      return;
    default:
      // Written so that NaN stays NaN.
      for (int64_t i = 0; i < count; i++) to[i] = a[i] < 0 ? 0 : a[i];
  }
}

/** to[i] = a[i] (op) one number. */
VECTORISED void CombineWithNumber(Operation operation, const float* a, float b, float* to, int64_t count) {
  switch (operation) {
    case kAdd:
      for (int64_t i = 0; i < count; i++) to[i] = a[i] + b;
      return;
    case kSubtract:
      for (int64_t i = 0; i < count; i++) to[i] = a[i] - b;
      return;
    default:
      for (int64_t i = 0; i < count; i++) to[i] = a[i] * b;
  }
}

constexpr int64_t kLeastForThread = 1 << 16;
/** A shorter row is repeated to at least this length, so that loops are long enough to be fast. */
constexpr int64_t kShortRow = 256;

void CombineAll(Operation operation, const float* a, const float* b, float* to, int64_t size) {
  InParallel(size, kLeastForThread, [&](int64_t first, int64_t end) { Combine(operation, a + first, b + first, to + first, end - first); });
}

/** b is added to every row of a. */
void CombineRows(Operation operation, const float* a, const float* b, float* to, int64_t size, int64_t row) {
  const int64_t repeats = std::max<int64_t>(1, kShortRow / row);
  std::vector<float> pattern(row * repeats);
  for (int64_t i = 0; i < repeats; i++) std::copy(b, b + row, pattern.begin() + i * row);
  const int64_t period = row * repeats;
  InParallel((size + period - 1) / period, std::max<int64_t>(1, kLeastForThread / period), [&](int64_t first, int64_t end) {
    for (int64_t at = first * period; at < std::min(size, end * period); at += period) {
      Combine(operation, a + at, pattern.data(), to + at, std::min(period, size - at));
    }
  });
}

/** Each row of a meets one number of b. */
void CombineColumn(Operation operation, const float* a, const float* b, float* to, int64_t rows, int64_t row) {
  if (rows == 1) {
    InParallel(row, kLeastForThread, [&](int64_t first, int64_t end) { CombineWithNumber(operation, a + first, *b, to + first, end - first); });
    return;
  }
  InParallel(rows, std::max<int64_t>(1, kLeastForThread / row), [&](int64_t first, int64_t end) {
    for (int64_t i = first; i < end; i++) CombineWithNumber(operation, a + i * row, b[i], to + i * row, row);
  });
}

/**
 * combine(operation, a, b, column): a tensor of a's shape. b has as many numbers as a; or those of a row at the end of a's shape;
 * or, when `column` is true, one for each row. For `relu` b is a again.
 */
napi_value CombineTensors(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  if (!TakeArguments(env, info, 4, arguments)) return nullptr;
  int32_t operation = -1;
  bool column = false;
  const HostTensor a(env, arguments[1]), b(env, arguments[2]);
  if (napi_get_value_int32(env, arguments[0], &operation) != napi_ok || operation < 0 || operation >= kOperations || !a.ok() || !b.ok() ||
      napi_get_value_bool(env, arguments[3], &column) != napi_ok || (b.size() == 0 ? a.size() != 0 : a.size() % b.size() != 0) ||
      TF_TensorType(a.get()) != TF_FLOAT || TF_TensorType(b.get()) != TF_FLOAT) {
    return Fail(env, "combine takes an operation, two tensors of floats, the second as large as the first, its rows or its columns, and whether it is a column");
  }
  const HostTensor to(Allocate(TF_FLOAT, a.shape()));
  const auto op = static_cast<Operation>(operation);
  if (a.size() == b.size()) CombineAll(op, a.floats(), b.floats(), to.floats(), a.size());
  else if (column) CombineColumn(op, a.floats(), b.floats(), to.floats(), b.size(), a.size() / b.size());
  else CombineRows(op, a.floats(), b.floats(), to.floats(), a.size(), b.size());
  return NumberOf(env, to.get());
}

}  // namespace

void AddElementwise(napi_env env, napi_value exports) { AddFunction(env, exports, "combine", CombineTensors); }

}  // namespace tfnodejs
