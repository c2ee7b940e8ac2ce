// Chebyshev polynomials of a sparse matrix A (T_0 = 1, T_1 = A, T_k = 2 A T_{k-1} - T_{k-2}) on the memory of tensors, samples
// or rows shared out to threads.
#include <cstring>

#include "additions.h"
#include "arguments.h"
#include "lanes.h"
#include "parallel.h"

namespace tfnodejs {
namespace {

/** Compressed rows. */
struct SparseMatrix {
  const int32_t* pointers;
  const int32_t* columns;
  const float* values;
  int64_t rows;
};

/** Vectors of the same channels for each row; `stride` numbers lie between rows. */
struct Vectors {
  float* data;
  int64_t stride;
};

/**
 * to = factor A x + addend - older, for `count` channels from channel `c` on; addend and older may be absent. Vectors written out:
 * GCC 12 makes loops over arrays of the same length two times slower. For three channels, four are read of x.
 */
template <int count>
INLINED void MultiplyChannels(
    const SparseMatrix& matrix, int64_t row, int64_t c, float factor, const Vectors& x, const Vectors& addend, const Vectors& older, const Vectors& to) {
  using Vector = typename VectorOf<count == 3 ? 4 : count>::Type;
  Vector sum = {};
  const int32_t end = matrix.pointers[row + 1];
  for (int32_t entry = matrix.pointers[row]; entry < end; entry++) {
    Vector read;
    Load(x.data + matrix.columns[entry] * x.stride + c, &read);
    sum += matrix.values[entry] * read;
  }
  sum *= factor;
  Vector other = {};
  if (addend.data) {
    std::memcpy(&other, addend.data + row * addend.stride + c, count * sizeof(float));
    sum += other;
  }
  if (older.data) {
    std::memcpy(&other, older.data + row * older.stride + c, count * sizeof(float));
    sum -= other;
  }
  std::memcpy(to.data + row * to.stride + c, &sum, count * sizeof(float));
}

/** A float lies behind the last row of x, which may be read and is not used. */
VECTORISED void Multiply(
    const SparseMatrix& matrix, int64_t channels, float factor, const Vectors& x, const Vectors& addend, const Vectors& older, const Vectors& to,
    int64_t first, int64_t end) {
  for (int64_t row = first; row < end; row++) {
    int64_t c = 0;
    for (; c + 16 <= channels; c += 16) MultiplyChannels<16>(matrix, row, c, factor, x, addend, older, to);
    for (; c + 8 <= channels; c += 8) MultiplyChannels<8>(matrix, row, c, factor, x, addend, older, to);
    for (; c + 4 <= channels; c += 4) MultiplyChannels<4>(matrix, row, c, factor, x, addend, older, to);
    for (; c + 3 <= channels; c += 3) MultiplyChannels<3>(matrix, row, c, factor, x, addend, older, to);
    for (; c < channels; c++) MultiplyChannels<1>(matrix, row, c, factor, x, addend, older, to);
  }
}

const Vectors kNone = {nullptr, 0};

/** Calls its second argument on ranges of 0 ... its first, one after the other or on several threads. */
using Ranges = std::function<void(int64_t, const std::function<void(int64_t, int64_t)>&)>;

constexpr int64_t kLeastRows = 1 << 10;

/** Shares out the samples of a batch to threads, or, where there are fewer of them than processors, the rows of each. */
void ForSamples(int64_t batch, const std::function<void(int64_t, const Ranges&)>& work) {
  if (batch >= Processors()) {
    const Ranges alone = [](int64_t count, const std::function<void(int64_t, int64_t)>& range) { range(0, count); };
    RunParts(batch, [&](int64_t sample) { work(sample, alone); });
    return;
  }
  const Ranges together = [](int64_t count, const std::function<void(int64_t, int64_t)>& range) { InParallel(count, kLeastRows, range); };
  for (int64_t sample = 0; sample < batch; sample++) work(sample, together);
}

/** x [N, F] -> [N, K F]: block k of a row is T_k x. */
void Basis(const SparseMatrix& matrix, const float* x, float* basis, int64_t channels, int64_t terms, const Ranges& ranges) {
  const int64_t stride = channels * terms;
  const auto block = [&](int64_t k) { return Vectors{basis + k * channels, stride}; };
  for (int64_t row = 0; row < matrix.rows; row++) std::memcpy(basis + row * stride, x + row * channels, channels * sizeof(float));
  for (int64_t k = 1; k < terms; k++) {
    ranges(matrix.rows, [&](int64_t first, int64_t end) {
      Multiply(matrix, channels, k > 1 ? 2.f : 1.f, block(k - 1), kNone, k > 1 ? block(k - 2) : kNone, block(k), first, end);
    });
  }
}

/** z [N, K F] -> sum of T_k z_k [N, F], by Clenshaw's recurrence b_k = z_k + 2 A b_{k+1} - b_{k+2}. */
void Sum(const SparseMatrix& matrix, float* z, float* sum, int64_t channels, int64_t terms, const Ranges& ranges) {
  const auto block = [&](int64_t k) { return Vectors{z + k * channels, channels * terms}; };
  // One more, since Multiply may read it.
  std::vector<float> room(3 * matrix.rows * channels + 1, 0.f);
  Vectors newest{room.data(), channels}, newer{room.data() + matrix.rows * channels, channels}, spare{room.data() + 2 * matrix.rows * channels, channels};
  for (int64_t k = terms - 1; k >= 0; k--) {
    const Vectors to = k > 0 ? spare : Vectors{sum, channels};
    ranges(matrix.rows, [&](int64_t first, int64_t end) { Multiply(matrix, channels, k > 0 ? 2.f : 1.f, newest, block(k), newer, to, first, end); });
    spare = newer;
    newer = newest;
    newest = to;
  }
}

/** The arguments (pointers, columns, values, id, terms) of both functions. */
struct Call {
  SparseMatrix matrix;
  int64_t terms = 0;
  int64_t batch = 0;
  /** Of one row of the input. */
  int64_t width = 0;
};

bool TakeCall(napi_env env, napi_value* arguments, const HostTensor& input, Call* call) {
  Memory pointers, columns, values;
  if (!input.ok() || TF_NumDims(input.get()) != 3 || !MemoryOf(env, arguments[0], &pointers) || !MemoryOf(env, arguments[1], &columns) ||
      !MemoryOf(env, arguments[2], &values) || napi_get_value_int64(env, arguments[4], &call->terms) != napi_ok) {
    return false;
  }
  const int64_t rows = static_cast<int64_t>(pointers.bytes / 4) - 1;
  call->matrix = {static_cast<int32_t*>(pointers.data), static_cast<int32_t*>(columns.data), static_cast<float*>(values.data), rows};
  call->batch = TF_Dim(input.get(), 0);
  call->width = TF_Dim(input.get(), 2);
  return TF_Dim(input.get(), 1) == rows && call->terms > 0;
}

/** chebyshevBasis(pointers, columns, values, x, terms): x [B, N, F] -> [B, N, K F]; returns its id. */
napi_value ChebyshevBasis(napi_env env, napi_callback_info info) {
  napi_value arguments[5];
  if (!TakeArguments(env, info, 5, arguments)) return nullptr;
  const HostTensor x(env, arguments[3]);
  Call call;
  if (!TakeCall(env, arguments, x, &call)) return Fail(env, "chebyshevBasis takes a square matrix, x [B, N, F] and the number of terms");
  const HostTensor basis(Allocate(TF_FLOAT, {call.batch, call.matrix.rows, call.width * call.terms}));
  const int64_t size = call.matrix.rows * call.width;
  ForSamples(call.batch, [&](int64_t b, const Ranges& ranges) {
    Basis(call.matrix, x.floats() + b * size, basis.floats() + b * size * call.terms, call.width, call.terms, ranges);
  });
  return NumberOf(env, basis.get());
}

/** chebyshevSum(pointers, columns, values, z, terms): z [B, N, K F] -> [B, N, F]; returns its id. */
napi_value ChebyshevSum(napi_env env, napi_callback_info info) {
  napi_value arguments[5];
  if (!TakeArguments(env, info, 5, arguments)) return nullptr;
  const HostTensor z(env, arguments[3]);
  Call call;
  if (!TakeCall(env, arguments, z, &call) || call.width % call.terms != 0) {
    return Fail(env, "chebyshevSum takes a square matrix, z [B, N, K F] and the number of terms");
  }
  const int64_t channels = call.width / call.terms;
  const HostTensor sum(Allocate(TF_FLOAT, {call.batch, call.matrix.rows, channels}));
  const int64_t size = call.matrix.rows * channels;
  ForSamples(call.batch, [&](int64_t b, const Ranges& ranges) {
    Sum(call.matrix, z.floats() + b * size * call.terms, sum.floats() + b * size, channels, call.terms, ranges);
  });
  return NumberOf(env, sum.get());
}

}  // namespace

void AddSparsePolynomials(napi_env env, napi_value exports) {
  AddFunction(env, exports, "chebyshevBasis", ChebyshevBasis);
  AddFunction(env, exports, "chebyshevSum", ChebyshevSum);
}

}  // namespace tfnodejs
