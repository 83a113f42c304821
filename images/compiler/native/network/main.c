/*
 * A compiled network: steps.h, which the compiler writes, has its steps and how many arrays it takes and gives. Called as
 * TVM's graph executor calls a function, which is what SageMaker Neo's runtime loads:
 * https://github.com/apache/tvm/blob/v0.8.0/include/tvm/runtime/c_backend_api.h, and DLPack's tensors.
 */
#include "network.h"
#include "steps.h"

typedef struct {
  void *data;
  int32_t device_type, device_id, dimensions;
  uint8_t code, bits;
  uint16_t lanes;
  int64_t *shape, *strides;
  uint64_t byte_offset;
} tensor;

typedef union {
  int64_t integer;
  double number;
  void *handle;
} argument;

static float *floats(argument one) {
  const tensor *given = one.handle;
  return (float *)((char *)given->data + given->byte_offset);
}

#define EXPORT __attribute__((visibility("default")))

/* Inputs, the weights, outputs, and an array to work in, which makes two callers independent of each other. */
static int32_t execute(const argument *arguments, int32_t count) {
  if (count != INPUTS + OUTPUTS + 2) return -1;
  const float *in[INPUTS + 1];
  float *out[OUTPUTS];
  for (int i = 0; i < INPUTS; i += 1) in[i] = floats(arguments[i]);
  for (int i = 0; i < OUTPUTS; i += 1) out[i] = floats(arguments[INPUTS + 1 + i]);
  run(in, floats(arguments[INPUTS]), out, floats(arguments[INPUTS + 1 + OUTPUTS]));
  return 0;
}

EXPORT int32_t cloister_main(argument *arguments, int32_t *types, int32_t count, void *result, int32_t *result_type, void *resource) {
  (void)types, (void)result, (void)result_type, (void)resource;
  return execute(arguments, count);
}

/* For native/runner.c, as a forest has them: a row is all inputs one after the other, a prediction all outputs. */
EXPORT int32_t cloister_features(void) {
  int32_t sum = 0;
  for (int i = 0; i < INPUTS; i += 1) sum += input_sizes[i];
  return sum;
}

EXPORT int32_t cloister_outputs(int32_t margins) {
  (void)margins;
  int32_t sum = 0;
  for (int i = 0; i < OUTPUTS; i += 1) sum += output_sizes[i];
  return sum;
}

/* Floats of compiled.params; they are at the beginning of what cloister_predict works in. */
EXPORT int64_t cloister_weights(void) { return WEIGHTS; }

EXPORT int64_t cloister_scratch(void) { return (int64_t)WEIGHTS + ARENA; }

EXPORT void cloister_predict(const float *rows, int64_t count, int64_t stride, int32_t margins, float *scratch, float *found) {
  (void)margins;
  for (int64_t row = 0; row < count; row += 1) {
    const float *in[INPUTS + 1];
    float *out[OUTPUTS];
    const float *from = rows + row * stride;
    for (int i = 0; i < INPUTS; from += input_sizes[i], i += 1) in[i] = from;
    for (int i = 0; i < OUTPUTS; found += output_sizes[i], i += 1) out[i] = found;
    argument arguments[INPUTS + OUTPUTS + 2];
    tensor tensors[INPUTS + OUTPUTS + 2] = {{0}};
    for (int i = 0; i < INPUTS + OUTPUTS + 2; i += 1) arguments[i].handle = tensors + i;
    for (int i = 0; i < INPUTS; i += 1) tensors[i].data = (float *)in[i];
    tensors[INPUTS].data = scratch;
    for (int i = 0; i < OUTPUTS; i += 1) tensors[INPUTS + 1 + i].data = out[i];
    tensors[INPUTS + 1 + OUTPUTS].data = scratch + WEIGHTS;
    execute(arguments, INPUTS + OUTPUTS + 2);
  }
}

/* The compiler makes calls of them out of loops. */
void *memset(void *to, int value, size_t size) {
  for (size_t i = 0; i < size; i += 1) ((char *)to)[i] = (char)value;
  return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  for (size_t i = 0; i < size; i += 1) ((char *)to)[i] = ((const char *)from)[i];
  return to;
}
