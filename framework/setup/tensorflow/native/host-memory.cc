// What kernels on typed arrays need beside the addon of tfjs-node, compiled into it: tensors are copied into memory that is
// there already and out of it, and a tensor gets another shape without an operation of TensorFlow.
#include <cstring>

#include "additions.h"
#include "arguments.h"
#include "tf_auto_status.h"

namespace tfnodejs {
namespace {

/** readInto(id, array): copies a tensor of four-byte numbers into a typed array of the same size. */
napi_value ReadInto(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  if (!TakeArguments(env, info, 2, arguments)) return nullptr;
  Memory memory;
  const HostTensor tensor(env, arguments[0]);
  if (!tensor.ok() || !MemoryOf(env, arguments[1], &memory)) return Fail(env, "readInto takes a tensor and a typed array");
  if (tensor.bytes() != memory.bytes) return Fail(env, "readInto: the array has another size than the tensor");
  std::memcpy(memory.data, tensor.data(), memory.bytes);
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
  const HostTensor tensor(Allocate(static_cast<TF_DataType>(type), shape));
  if (!tensor.ok() || tensor.bytes() != memory.bytes) return Fail(env, "createFrom: the array does not fill the shape");
  std::memcpy(tensor.data(), memory.data, memory.bytes);
  return NumberOf(env, tensor.get());
}

/** reshape(id, shape): another handle on the same memory; returns its id. */
napi_value Reshape(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  if (!TakeArguments(env, info, 2, arguments)) return nullptr;
  std::vector<int64_t> shape;
  const HostTensor from(env, arguments[0]);
  if (!from.ok() || !ShapeOf(env, arguments[1], &shape)) return Fail(env, "reshape takes a tensor and a shape");
  const TF_DataType type = TF_TensorType(from.get());
  const HostTensor to(TF_AllocateTensor(type, nullptr, 0, TF_DataTypeSize(type)));
  TF_AutoStatus status;
  TF_TensorBitcastFrom(from.get(), type, to.get(), shape.data(), static_cast<int>(shape.size()), status.status);
  if (TF_GetCode(status.status) != TF_OK) return Fail(env, TF_Message(status.status));
  return NumberOf(env, to.get());
}

}  // namespace

void AddHostMemory(napi_env env, napi_value exports) {
  AddFunction(env, exports, "readInto", ReadInto);
  AddFunction(env, exports, "createFrom", CreateFrom);
  AddFunction(env, exports, "reshape", Reshape);
}

}  // namespace tfnodejs
