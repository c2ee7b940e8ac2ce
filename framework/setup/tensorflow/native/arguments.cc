#include "arguments.h"

#include <memory>
#include <unordered_map>
#include <utility>

#include "tf_auto_status.h"

// The handles of the addon are private to its one class.
#define private public
#include "tfjs_backend.h"
#undef private

namespace tfnodejs {
namespace {

TFJSBackend* BackendOf(napi_env env) {
  void* backend = nullptr;
  napi_get_instance_data(env, &backend);
  return static_cast<TFJSBackend*>(backend);
}

}  // namespace

napi_value Fail(napi_env env, const std::string& message) {
  napi_throw_error(env, nullptr, message.c_str());
  return nullptr;
}

bool TakeArguments(napi_env env, napi_callback_info info, size_t count, napi_value* values) {
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, values, nullptr, nullptr) == napi_ok && given == count) return true;
  Fail(env, "wrong number of arguments");
  return false;
}

TFE_TensorHandle* HandleOf(napi_env env, napi_value value) {
  int32_t id = -1;
  if (napi_get_value_int32(env, value, &id) != napi_ok) return nullptr;
  auto& handles = BackendOf(env)->tfe_handle_map_;
  const auto found = handles.find(id);
  return found == handles.end() ? nullptr : found->second;
}

bool MemoryOf(napi_env env, napi_value value, Memory* memory) {
  napi_typedarray_type type;
  size_t length = 0;
  if (napi_get_typedarray_info(env, value, &type, &length, &memory->data, nullptr, nullptr) != napi_ok) return false;
  memory->bytes = length * 4;
  return type == napi_float32_array || type == napi_int32_array;
}

bool ShapeOf(napi_env env, napi_value value, std::vector<int64_t>* shape) {
  uint32_t rank = 0;
  if (napi_get_array_length(env, value, &rank) != napi_ok) return false;
  shape->resize(rank);
  for (uint32_t axis = 0; axis < rank; axis++) {
    napi_value extent;
    if (napi_get_element(env, value, axis, &extent) != napi_ok || napi_get_value_int64(env, extent, &(*shape)[axis]) != napi_ok) return false;
  }
  return true;
}

napi_value NumberOf(napi_env env, TF_Tensor* tensor) {
  TF_AutoStatus status;
  TFE_TensorHandle* handle = TFE_NewTensorHandle(tensor, status.status);
  if (TF_GetCode(status.status) != TF_OK) return Fail(env, TF_Message(status.status));
  napi_value number;
  napi_create_int32(env, BackendOf(env)->InsertHandle(handle), &number);
  return number;
}

void AddFunction(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function) == napi_ok) {
    napi_set_named_property(env, exports, name, function);
  }
}

HostTensor::HostTensor(napi_env env, napi_value number) {
  TFE_TensorHandle* handle = HandleOf(env, number);
  if (handle == nullptr) return;
  TF_AutoStatus status;
  tensor_ = TFE_TensorHandleResolve(handle, status.status);
  if (TF_GetCode(status.status) != TF_OK) tensor_ = nullptr;
}

HostTensor::~HostTensor() {
  if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
}

std::vector<int64_t> HostTensor::shape() const {
  std::vector<int64_t> shape(TF_NumDims(tensor_));
  for (size_t axis = 0; axis < shape.size(); axis++) shape[axis] = TF_Dim(tensor_, static_cast<int>(axis));
  return shape;
}

TF_Tensor* Allocate(TF_DataType type, const std::vector<int64_t>& shape) {
  size_t size = 1;
  for (const int64_t extent : shape) size *= static_cast<size_t>(extent);
  return TF_AllocateTensor(type, shape.data(), static_cast<int>(shape.size()), size * 4);
}

}  // namespace tfnodejs
