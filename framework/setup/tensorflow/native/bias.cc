// What follows a convolution, in one pass over the memory that the convolution has just written.
#include <algorithm>

#include "additions.h"
#include "arguments.h"
#include "parallel.h"

namespace tfnodejs {
namespace {

VECTORISED void AddBias(float* values, const float* bias, int64_t channels, bool relu, int64_t first, int64_t end) {
  for (int64_t row = first; row < end; row++) {
    float* pixel = values + row * channels;
    if (relu) {
      // Written so that NaN stays NaN.
      for (int64_t c = 0; c < channels; c++) {
        const float sum = pixel[c] + bias[c];
        pixel[c] = sum < 0 ? 0 : sum;
      }
    } else {
      for (int64_t c = 0; c < channels; c++) pixel[c] += bias[c];
    }
  }
}

constexpr int64_t kLeastForThread = 1 << 16;

/** addBias(id, bias, relu): changes a tensor that nobody else has seen yet, in place. */
napi_value AddBiasInPlace(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  if (!TakeArguments(env, info, 3, arguments)) return nullptr;
  const HostTensor tensor(env, arguments[0]), bias(env, arguments[1]);
  bool relu = false;
  if (!tensor.ok() || !bias.ok() || bias.size() == 0 || napi_get_value_bool(env, arguments[2], &relu) != napi_ok || tensor.size() % bias.size() != 0) {
    return Fail(env, "addBias takes a tensor, one number for each of its channels, and whether relu follows");
  }
  const int64_t channels = bias.size();
  InParallel(tensor.size() / channels, std::max<int64_t>(1, kLeastForThread / channels), [&](int64_t first, int64_t end) {
    AddBias(tensor.floats(), bias.floats(), channels, relu, first, end);
  });
  return nullptr;
}

}  // namespace

void AddBiasFunction(napi_env env, napi_value exports) { AddFunction(env, exports, "addBias", AddBiasInPlace); }

}  // namespace tfnodejs
