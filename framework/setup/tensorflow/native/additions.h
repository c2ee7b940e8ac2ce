// What is added to the addon of tfjs-node.
#pragma once
#include <node_api.h>

namespace tfnodejs {

/** `readInto`, `createFrom` and `reshape`. */
void AddHostMemory(napi_env env, napi_value exports);

/** `chebyshevBasis` and `chebyshevSum`. */
void AddSparsePolynomials(napi_env env, napi_value exports);

/** `adam` and `norm`. */
void AddAdam(napi_env env, napi_value exports);

/** `addBias`. */
void AddBiasFunction(napi_env env, napi_value exports);

/** `combine`. */
void AddElementwise(napi_env env, napi_value exports);

/** `depthwise`, `depthwiseInputGradient` and `depthwiseFilterGradient`. */
void AddDepthwise(napi_env env, napi_value exports);

/** `maxPoolGradient`. */
void AddMaxPool(napi_env env, napi_value exports);

inline void AddAll(napi_env env, napi_value exports) {
  AddHostMemory(env, exports);
  AddSparsePolynomials(env, exports);
  AddAdam(env, exports);
  AddBiasFunction(env, exports);
  AddElementwise(env, exports);
  AddDepthwise(env, exports);
  AddMaxPool(env, exports);
}

}  // namespace tfnodejs
