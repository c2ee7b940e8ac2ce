#include "windows.h"

#include <cstring>

#include "arguments.h"

namespace tfnodejs {

bool TakeWindows(napi_env env, napi_value value, Windows* windows) {
  Memory memory;
  if (!MemoryOf(env, value, &memory) || memory.bytes != sizeof(Windows)) return false;
  std::memcpy(windows, memory.data, sizeof(Windows));
  return true;
}

std::vector<Taps> TapsOfWindows(int32_t windows, int32_t extent, int32_t size, int32_t stride, int32_t pad) {
  std::vector<Taps> all(windows);
  for (int32_t window = 0; window < windows; window++) {
    for (int32_t tap = 0; tap < size; tap++) {
      const int32_t place = window * stride - pad + tap;
      if (place < 0 || place >= extent) continue;
      all[window].tap.push_back(tap);
      all[window].place.push_back(place);
    }
  }
  return all;
}

std::vector<Taps> TapsOfPlaces(int32_t windows, int32_t extent, int32_t size, int32_t stride, int32_t pad) {
  std::vector<Taps> all(extent);
  for (int32_t place = 0; place < extent; place++) {
    for (int32_t tap = 0; tap < size; tap++) {
      const int32_t offset = place + pad - tap;
      if (offset < 0 || offset % stride != 0 || offset / stride >= windows) continue;
      all[place].tap.push_back(tap);
      all[place].place.push_back(offset / stride);
    }
  }
  return all;
}

}  // namespace tfnodejs
