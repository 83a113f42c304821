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

/* Inputs, the weights, outputs, and an array to work in, which makes two callers independent of each other. */
__attribute__((visibility("default"))) int32_t cloister_main(argument *arguments, int32_t *types, int32_t count, void *result, int32_t *result_type, void *resource) {
  (void)types, (void)result, (void)result_type, (void)resource;
  if (count != INPUTS + OUTPUTS + 2) return -1;
  const float *in[INPUTS + 1];
  float *out[OUTPUTS];
  for (int i = 0; i < INPUTS; i += 1) in[i] = floats(arguments[i]);
  for (int i = 0; i < OUTPUTS; i += 1) out[i] = floats(arguments[INPUTS + 1 + i]);
  run(in, floats(arguments[INPUTS]), out, floats(arguments[INPUTS + 1 + OUTPUTS]));
  return 0;
}
