// Reading the arguments of calls from JavaScript, and tensors by the numbers that the addon gives them.
#pragma once
#include <node_api.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

namespace tfnodejs {

struct Memory {
  void* data;
  size_t bytes;
};

/** Throws in JavaScript; returns null for the caller to hand on. */
napi_value Fail(napi_env env, const std::string& message);

/** The arguments of a call; false after throwing when there are not `count`. */
bool TakeArguments(napi_env env, napi_callback_info info, size_t count, napi_value* values);

/** The handle of a tensor, or null. */
TFE_TensorHandle* HandleOf(napi_env env, napi_value value);

/** The numbers of a Float32Array or Int32Array. */
bool MemoryOf(napi_env env, napi_value value, Memory* memory);

bool ShapeOf(napi_env env, napi_value value, std::vector<int64_t>* shape);

/** Takes a tensor into the addon's table and returns its number; throws and returns null when that fails. */
napi_value NumberOf(napi_env env, TF_Tensor* tensor);

void AddFunction(napi_env env, napi_value exports, const char* name, napi_callback callback);

/** A tensor's memory on the host while this object lives. */
class HostTensor {
 public:
  HostTensor(napi_env env, napi_value number);
  explicit HostTensor(TF_Tensor* tensor) : tensor_(tensor) {}
  ~HostTensor();
  HostTensor(const HostTensor&) = delete;
  HostTensor& operator=(const HostTensor&) = delete;

  bool ok() const { return tensor_ != nullptr; }
  TF_Tensor* get() const { return tensor_; }
  size_t bytes() const { return TF_TensorByteSize(tensor_); }
  int64_t size() const { return TF_TensorElementCount(tensor_); }
  float* floats() const { return static_cast<float*>(TF_TensorData(tensor_)); }
  std::vector<int64_t> shape() const;
  void* data() const { return TF_TensorData(tensor_); }

 private:
  TF_Tensor* tensor_ = nullptr;
};

/** A new tensor of four-byte numbers. */
TF_Tensor* Allocate(TF_DataType type, const std::vector<int64_t>& shape);

}  // namespace tfnodejs
