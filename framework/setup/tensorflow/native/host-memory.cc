// What kernels on typed arrays need beside the addon of tfjs-node, compiled into it: tensors are copied into memory that is
// there already and out of it, and a tensor gets another shape without an operation of TensorFlow.
#include "host-memory.h"

#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"
#include "tf_auto_status.h"
#include "tf_auto_tensor.h"

// The handles of the addon are private to its one class.
#define private public
#include "tfjs_backend.h"
#undef private

namespace tfnodejs {
namespace {

struct Memory {
  void* data;
  size_t bytes;
};

napi_value Fail(napi_env env, const std::string& message) {
  napi_throw_error(env, nullptr, message.c_str());
  return nullptr;
}

/** The arguments of a call; false after throwing when there are not `count`. */
bool TakeArguments(napi_env env, napi_callback_info info, size_t count, napi_value* values) {
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, values, nullptr, nullptr) == napi_ok && given == count) return true;
  Fail(env, "wrong number of arguments");
  return false;
}

TFJSBackend* BackendOf(napi_env env) {
  void* backend = nullptr;
  napi_get_instance_data(env, &backend);
  return static_cast<TFJSBackend*>(backend);
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

napi_value IdOf(napi_env env, TFE_TensorHandle* handle) {
  napi_value id;
  napi_create_int32(env, BackendOf(env)->InsertHandle(handle), &id);
  return id;
}

/** readInto(id, array): copies a tensor of four-byte numbers into a typed array of the same size. */
napi_value ReadInto(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  if (!TakeArguments(env, info, 2, arguments)) return nullptr;
  TFE_TensorHandle* handle = HandleOf(env, arguments[0]);
  Memory memory;
  if (handle == nullptr || !MemoryOf(env, arguments[1], &memory)) return Fail(env, "readInto takes a tensor and a typed array");
  TF_AutoStatus status;
  TF_AutoTensor tensor(TFE_TensorHandleResolve(handle, status.status));
  if (TF_GetCode(status.status) != TF_OK) return Fail(env, TF_Message(status.status));
  if (TF_TensorByteSize(tensor.tensor) != memory.bytes) return Fail(env, "readInto: the array has another size than the tensor");
  std::memcpy(memory.data, TF_TensorData(tensor.tensor), memory.bytes);
  return nullptr;
}

/** createFrom(shape, type, array): a tensor that holds a copy of a typed array; returns its id. */
napi_value CreateFrom(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  if (!TakeArguments(env, info, 3, arguments)) return nullptr;
  std::vector<int64_t> shape;
  int32_t type = 0;
  Memory memory;
  if (!ShapeOf(env, arguments[0], &shape) || napi_get_value_int32(env, arguments[1], &type) != napi_ok || !MemoryOf(env, arguments[2], &memory)) {
    return Fail(env, "createFrom takes a shape, a type and a typed array");
  }
  TF_AutoTensor tensor(TF_AllocateTensor(static_cast<TF_DataType>(type), shape.data(), static_cast<int>(shape.size()), memory.bytes));
  if (tensor.tensor == nullptr || TF_TensorByteSize(tensor.tensor) != memory.bytes) return Fail(env, "createFrom: the array does not fill the shape");
  std::memcpy(TF_TensorData(tensor.tensor), memory.data, memory.bytes);
  TF_AutoStatus status;
  TFE_TensorHandle* handle = TFE_NewTensorHandle(tensor.tensor, status.status);
  if (TF_GetCode(status.status) != TF_OK) return Fail(env, TF_Message(status.status));
  return IdOf(env, handle);
}

/** reshape(id, shape): another handle on the same memory; returns its id. */
napi_value Reshape(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  if (!TakeArguments(env, info, 2, arguments)) return nullptr;
  TFE_TensorHandle* handle = HandleOf(env, arguments[0]);
  std::vector<int64_t> shape;
  if (handle == nullptr || !ShapeOf(env, arguments[1], &shape)) return Fail(env, "reshape takes a tensor and a shape");
  TF_AutoStatus status;
  TF_AutoTensor from(TFE_TensorHandleResolve(handle, status.status));
  if (TF_GetCode(status.status) != TF_OK) return Fail(env, TF_Message(status.status));
  const TF_DataType type = TF_TensorType(from.tensor);
  TF_AutoTensor to(TF_AllocateTensor(type, nullptr, 0, TF_DataTypeSize(type)));
  TF_TensorBitcastFrom(from.tensor, type, to.tensor, shape.data(), static_cast<int>(shape.size()), status.status);
  if (TF_GetCode(status.status) != TF_OK) return Fail(env, TF_Message(status.status));
  TFE_TensorHandle* reshaped = TFE_NewTensorHandle(to.tensor, status.status);
  if (TF_GetCode(status.status) != TF_OK) return Fail(env, TF_Message(status.status));
  return IdOf(env, reshaped);
}

}  // namespace

void AddHostMemory(napi_env env, napi_value exports) {
  const std::pair<const char*, napi_callback> functions[] = {{"readInto", ReadInto}, {"createFrom", CreateFrom}, {"reshape", Reshape}};
  for (const auto& [name, callback] : functions) {
    napi_value function;
    if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function) == napi_ok) {
      napi_set_named_property(env, exports, name, function);
    }
  }
}

}  // namespace tfnodejs
