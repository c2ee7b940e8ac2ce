// The gradient of maximum pooling: each slope goes to the first largest number of its window.
#include "additions.h"
#include "arguments.h"
#include "lanes.h"
#include "parallel.h"
#include "windows.h"

namespace tfnodejs {
namespace {

struct Pooled {
  const float *dy, *x, *y;
  float* dx;
};

/** Channels c ... c + 16 of one image. */
VECTORISED void RouteLanes(const Windows& w, const std::vector<Taps>& rows, const std::vector<Taps>& columns, const Pooled& p) {
  for (int64_t pixel = 0; pixel < int64_t{w.inHeight} * w.inWidth; pixel++) Store(Lanes{}, p.dx + pixel * w.channels);
  for (int64_t window = 0; window < int64_t{w.outHeight} * w.outWidth; window++) {
    const Taps &down = rows[window / w.outWidth], &across = columns[window % w.outWidth];
    Lanes slope, largest;
    Load(p.dy + window * w.channels, &slope);
    Load(p.y + window * w.channels, &largest);
    LaneMask open = ~LaneMask{};
    for (const int32_t row : down.place) {
      for (const int32_t column : across.place) {
        const int64_t at = (int64_t{row} * w.inWidth + column) * w.channels;
        Lanes value, sum;
        Load(p.x + at, &value);
        Load(p.dx + at, &sum);
        const LaneMask hit = (value == largest) & open;
        Store(sum + reinterpret_cast<Lanes>(reinterpret_cast<LaneMask>(slope) & hit), p.dx + at);
        open &= ~hit;
      }
    }
  }
}

/** The same for one channel. */
void RouteChannel(const Windows& w, const std::vector<Taps>& rows, const std::vector<Taps>& columns, const Pooled& p) {
  for (int64_t pixel = 0; pixel < int64_t{w.inHeight} * w.inWidth; pixel++) p.dx[pixel * w.channels] = 0;
  for (int64_t window = 0; window < int64_t{w.outHeight} * w.outWidth; window++) {
    const float largest = p.y[window * w.channels];
    const Taps &down = rows[window / w.outWidth], &across = columns[window % w.outWidth];
    bool open = true;
    for (size_t i = 0; open && i < down.place.size(); i++) {
      for (size_t j = 0; open && j < across.place.size(); j++) {
        const int64_t at = (int64_t{down.place[i]} * w.inWidth + across.place[j]) * w.channels;
        if (p.x[at] != largest) continue;
        p.dx[at] += p.dy[window * w.channels];
        open = false;
      }
    }
  }
}

/** maxPoolGradient(dy, x, y, windows): dx. */
napi_value MaxPoolGradient(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  if (!TakeArguments(env, info, 4, arguments)) return nullptr;
  const HostTensor dy(env, arguments[0]), x(env, arguments[1]), y(env, arguments[2]);
  Windows w;
  if (!dy.ok() || !x.ok() || !y.ok() || !TakeWindows(env, arguments[3], &w) || dy.size() != y.size() ||
      x.size() != int64_t{w.batch} * w.inHeight * w.inWidth * w.channels || y.size() != int64_t{w.batch} * w.outHeight * w.outWidth * w.channels) {
    return Fail(env, "maxPoolGradient takes three tensors that fit the windows");
  }
  const HostTensor dx(Allocate(TF_FLOAT, x.shape()));
  const std::vector<Taps> rows = TapsOfWindows(w.outHeight, w.inHeight, w.height, w.strideHeight, w.padTop);
  const std::vector<Taps> columns = TapsOfWindows(w.outWidth, w.inWidth, w.width, w.strideWidth, w.padLeft);
  const int64_t blocks = (w.channels + kLanes - 1) / kLanes;
  RunParts(w.batch * blocks, [&](int64_t part) {
    const int64_t image = part / blocks, c = part % blocks * kLanes;
    const int64_t inside = image * w.inHeight * w.inWidth * w.channels, outside = image * w.outHeight * w.outWidth * w.channels;
    const auto at = [&](int64_t channel) {
      return Pooled{dy.floats() + outside + channel, x.floats() + inside + channel, y.floats() + outside + channel, dx.floats() + inside + channel};
    };
    if (c + kLanes <= w.channels) return RouteLanes(w, rows, columns, at(c));
    for (int64_t channel = c; channel < w.channels; channel++) RouteChannel(w, rows, columns, at(channel));
  });
  return NumberOf(env, dx.get());
}

}  // namespace

void AddMaxPool(napi_env env, napi_value exports) { AddFunction(env, exports, "maxPoolGradient", MaxPoolGradient); }

}  // namespace tfnodejs
