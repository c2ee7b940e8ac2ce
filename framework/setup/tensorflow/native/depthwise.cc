// Depthwise convolutions with one filter for each channel, and their gradients. Channels are innermost.
#include "additions.h"
#include "arguments.h"
#include "lanes.h"
#include "parallel.h"
#include "windows.h"

namespace tfnodejs {
namespace {

/** One side of a convolution: images of `height` rows and `width` columns, and the taps that each row and column meets. */
struct Side {
  int64_t height, width;
  const std::vector<Taps>& rows;
  const std::vector<Taps>& columns;
};

/** Row `row` (counted over all images) of `to`: each pixel the sum of what its taps meet in `from`, times the filter. */
VECTORISED void CorrelateRow(const Side& to, int64_t fromHeight, int64_t fromWidth, int64_t filterWidth, int64_t channels,
                             const float* from, const float* filter, float* out, int64_t row) {
  const Taps& down = to.rows[row % to.height];
  const float* image = from + row / to.height * fromHeight * fromWidth * channels;
  for (int64_t column = 0; column < to.width; column++) {
    const Taps& across = to.columns[column];
    float* pixel = out + (row * to.width + column) * channels;
    int64_t c = 0;
    for (; c + kLanes <= channels; c += kLanes) {
      Lanes sum = {};
      for (size_t i = 0; i < down.tap.size(); i++) {
        for (size_t j = 0; j < across.tap.size(); j++) {
          Lanes value, weight;
          Load(image + (down.place[i] * fromWidth + across.place[j]) * channels + c, &value);
          Load(filter + (down.tap[i] * filterWidth + across.tap[j]) * channels + c, &weight);
          sum += value * weight;
        }
      }
      Store(sum, pixel + c);
    }
    for (; c < channels; c++) {
      float sum = 0;
      for (size_t i = 0; i < down.tap.size(); i++) {
        for (size_t j = 0; j < across.tap.size(); j++) {
          sum += image[(down.place[i] * fromWidth + across.place[j]) * channels + c] * filter[(down.tap[i] * filterWidth + across.tap[j]) * channels + c];
        }
      }
      pixel[c] = sum;
    }
  }
}

constexpr int64_t kLeastForThread = 1 << 14;

/** Takes (from, filter, windows): the convolution, or with `backward` the gradient of its input; returns its id. */
napi_value Correlate(napi_env env, napi_callback_info info, bool backward) {
  napi_value arguments[3];
  if (!TakeArguments(env, info, 3, arguments)) return nullptr;
  const HostTensor from(env, arguments[0]), filter(env, arguments[1]);
  Windows w;
  if (!from.ok() || !filter.ok() || !TakeWindows(env, arguments[2], &w)) return Fail(env, "a depthwise convolution takes two tensors and its windows");
  const int64_t inside = int64_t{w.batch} * w.inHeight * w.inWidth * w.channels, outside = int64_t{w.batch} * w.outHeight * w.outWidth * w.channels;
  if (from.size() != (backward ? outside : inside) || filter.size() != int64_t{w.height} * w.width * w.channels) {
    return Fail(env, "a depthwise convolution: the tensors do not fit the windows");
  }
  const auto taps = backward ? TapsOfPlaces : TapsOfWindows;
  const std::vector<Taps> rows = taps(w.outHeight, w.inHeight, w.height, w.strideHeight, w.padTop);
  const std::vector<Taps> columns = taps(w.outWidth, w.inWidth, w.width, w.strideWidth, w.padLeft);
  const Side to = {backward ? w.inHeight : w.outHeight, backward ? w.inWidth : w.outWidth, rows, columns};
  const int64_t fromHeight = backward ? w.outHeight : w.inHeight, fromWidth = backward ? w.outWidth : w.inWidth;
  const HostTensor result(Allocate(TF_FLOAT, {w.batch, to.height, to.width, w.channels}));
  InParallel(w.batch * to.height, std::max<int64_t>(1, kLeastForThread / (to.width * w.channels)), [&](int64_t first, int64_t end) {
    for (int64_t row = first; row < end; row++) {
      CorrelateRow(to, fromHeight, fromWidth, w.width, w.channels, from.floats(), filter.floats(), result.floats(), row);
    }
  });
  return NumberOf(env, result.get());
}

/** depthwise(x, filter, windows). */
napi_value Depthwise(napi_env env, napi_callback_info info) { return Correlate(env, info, false); }

/** depthwiseInputGradient(dy, filter, windows). */
napi_value DepthwiseInputGradient(napi_env env, napi_callback_info info) { return Correlate(env, info, true); }

/** Adds to sums[count] what `count` neighbouring taps meet in one row: x at the first tap of the first window, dy at the first window. */
template <int count>
INLINED void AddRow(const Windows& w, int64_t firstTap, const float* x, const float* dy, Lanes* sums) {
  Lanes row[count] = {};
  for (int64_t column = 0; column < w.outWidth; column++) {
    const int64_t left = column * w.strideWidth - w.padLeft + firstTap;
    Lanes slope;
    Load(dy + column * w.channels, &slope);
#pragma GCC unroll 4
    for (int tap = 0; tap < count; tap++) {
      if (left + tap < 0 || left + tap >= w.inWidth) continue;
      Lanes value;
      Load(x + (left + tap) * w.channels, &value);
      row[tap] += slope * value;
    }
  }
  for (int tap = 0; tap < count; tap++) sums[tap] += row[tap];
}

/** Sixteen channels of the filter's gradient. */
VECTORISED void FilterChannels(const Windows& w, const float* x, const float* dy, float* to) {
  std::vector<float> totals(w.height * w.width * kLanes, 0.f);
  for (int64_t row = 0; row < int64_t{w.batch} * w.outHeight; row++) {
    const int64_t image = row / w.outHeight, top = row % w.outHeight * w.strideHeight - w.padTop;
    for (int64_t tap = std::max<int64_t>(0, -top); tap < w.height && top + tap < w.inHeight; tap++) {
      const float* values = x + (image * w.inHeight + top + tap) * w.inWidth * w.channels;
      const float* slopes = dy + row * w.outWidth * w.channels;
      for (int64_t first = 0; first < w.width;) {
        const int64_t count = w.width - first >= 3 ? 3 : 1;
        Lanes sums[3];
        float* total = totals.data() + (tap * w.width + first) * kLanes;
        std::memcpy(sums, total, count * sizeof(Lanes));
        if (count == 3) AddRow<3>(w, first, values, slopes, sums);
        else AddRow<1>(w, first, values, slopes, sums);
        std::memcpy(total, sums, count * sizeof(Lanes));
        first += count;
      }
    }
  }
  for (int64_t tap = 0; tap < w.height * w.width; tap++) std::memcpy(to + tap * w.channels, totals.data() + tap * kLanes, sizeof(Lanes));
}

/** depthwiseFilterGradient(x, dy, windows): [height, width, channels, 1]; the number of channels is a multiple of sixteen. */
napi_value DepthwiseFilterGradient(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  if (!TakeArguments(env, info, 3, arguments)) return nullptr;
  const HostTensor x(env, arguments[0]), dy(env, arguments[1]);
  Windows w;
  if (!x.ok() || !dy.ok() || !TakeWindows(env, arguments[2], &w) || w.channels % kLanes != 0 ||
      x.size() != int64_t{w.batch} * w.inHeight * w.inWidth * w.channels || dy.size() != int64_t{w.batch} * w.outHeight * w.outWidth * w.channels) {
    return Fail(env, "depthwiseFilterGradient takes two tensors that fit the windows, with a multiple of sixteen channels");
  }
  const HostTensor result(Allocate(TF_FLOAT, {w.height, w.width, w.channels, 1}));
  RunParts(w.channels / kLanes, [&](int64_t part) {
    const int64_t c = part * kLanes;
    FilterChannels(w, x.floats() + c, dy.floats() + c, result.floats() + c);
  });
  return NumberOf(env, result.get());
}

}  // namespace

void AddDepthwise(napi_env env, napi_value exports) {
  AddFunction(env, exports, "depthwise", Depthwise);
  AddFunction(env, exports, "depthwiseInputGradient", DepthwiseInputGradient);
  AddFunction(env, exports, "depthwiseFilterGradient", DepthwiseFilterGradient);
}

}  // namespace tfnodejs
