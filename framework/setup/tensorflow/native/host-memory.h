#pragma once
#include <node_api.h>

namespace tfnodejs {

/** Adds `readInto`, `createFrom` and `reshape` to the addon. */
void AddHostMemory(napi_env env, napi_value exports);

}  // namespace tfnodejs
