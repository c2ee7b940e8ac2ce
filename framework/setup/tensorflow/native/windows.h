// Windows that move over images: what convolutions of single channels and pooling have in common.
#pragma once
#include <node_api.h>

#include <cstdint>
#include <vector>

namespace tfnodejs {

/** Images [batch, inHeight, inWidth, channels] and windows [batch, outHeight, outWidth, channels]; the order of JavaScript's array. */
struct Windows {
  int32_t batch, inHeight, inWidth, channels, outHeight, outWidth, height, width, strideHeight, strideWidth, padTop, padLeft;
};

/** Reads an Int32Array of the numbers of Windows; false when it is none. */
bool TakeWindows(napi_env env, napi_value value, Windows* windows);

/** One axis: which place of the other side each tap of the window meets. */
struct Taps {
  std::vector<int32_t> tap, place;
};

/** For each window along an axis, the taps that lie inside the image. */
std::vector<Taps> TapsOfWindows(int32_t windows, int32_t extent, int32_t size, int32_t stride, int32_t pad);

/** For each place along an axis, the taps by which windows cover it. */
std::vector<Taps> TapsOfPlaces(int32_t windows, int32_t extent, int32_t size, int32_t stride, int32_t pad);

}  // namespace tfnodejs
