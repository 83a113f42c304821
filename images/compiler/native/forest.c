/*
 * Predictions of a forest of trees. What the forest is stands in forest.h, which the compiler writes from a model; this
 * file is the same for all. Two interfaces: rows by the hundred (`cloister_predict`), and Treelite's, which SageMaker
 * Neo's runtime loads: https://treelite.readthedocs.io (1.x), https://github.com/neo-ai/neo-ai-dlr (src/dlr_treelite.cc).
 *
 * Everything is added in float, in the order of the trees, as XGBoost does it: results are equal bit for bit. The
 * compiler is told not to contract multiplications and additions.
 */
#include <stddef.h>
#include <stdint.h>

#include "expf.h"
#include "forest.h"

#define EXPORT __attribute__((visibility("default")))

/* Rows that walk a tree side by side; and so few that each had better walk alone. */
enum { BLOCK = 16, FEW = 4 };

/* Of rows beside each other, feature by feature: x[feature * BLOCK + row]. */
#if LOCKSTEP_TREES > 0
static void walk(const float *restrict x, int32_t tree, int32_t *restrict node) {
  for (int row = 0; row < BLOCK; row += 1) node[row] = lockstep_root[tree];
  for (int depth = 0; depth < lockstep_depth[tree]; depth += 1) {
    /* Sixteen loads beside each other: as gathers of vectors they took twice as long. */
#pragma clang loop vectorize(disable) interleave(disable) unroll(full)
    for (int row = 0; row < BLOCK; row += 1) {
      const int32_t split = lockstep_split[node[row]];
      const float value = x[(split >> 1) * BLOCK + row];
      const float threshold = lockstep_threshold[node[row]];
      /* A leaf compares with NaN and goes left, to itself. With `?:` instead of `|` compilers branch. */
      const int32_t right = (value >= threshold) | (!(value < threshold) & ~split & 1);
      node[row] = lockstep_left[node[row]] + right;
    }
  }
}
#endif

#ifdef SINGLE_ROWS_BY_TABLES
/* Of a forest with more nodes than become conditions: see emit-c.ts. */
static void add_trees(const float *restrict x, float *restrict margins) {
  for (int32_t tree = 0; tree < LOCKSTEP_TREES; tree += 1) {
    int32_t node = lockstep_root[tree];
    for (int depth = 0; depth < lockstep_depth[tree]; depth += 1) {
      const int32_t split = lockstep_split[node];
      const float value = x[split >> 1], threshold = lockstep_threshold[node];
      node = lockstep_left[node] + ((value >= threshold) | (!(value < threshold) & ~split & 1));
    }
    margins[lockstep_output[tree]] += lockstep_leaf[node];
  }
}
#endif

static void transform(float *restrict margins) {
#if defined(TRANSFORM_SIGMOID)
  for (int i = 0; i < OUTPUTS; i += 1) {
    const float negated = -margins[i] < 88.7f ? -margins[i] : 88.7f;
    margins[i] = 1.0f / (cloister_expf(negated) + 1.0f + 1e-16f);
  }
#elif defined(TRANSFORM_EXPONENTIAL)
  for (int i = 0; i < OUTPUTS; i += 1) margins[i] = cloister_expf(margins[i]);
#elif defined(TRANSFORM_HINGE)
  for (int i = 0; i < OUTPUTS; i += 1) margins[i] = margins[i] > 0 ? 1.0f : 0.0f;
#elif defined(TRANSFORM_SOFTMAX)
  float largest = margins[0];
  for (int i = 1; i < OUTPUTS; i += 1) largest = margins[i] > largest ? margins[i] : largest;
  double sum = 0;
  for (int i = 0; i < OUTPUTS; i += 1) sum += margins[i] = cloister_expf(margins[i] - largest);
  for (int i = 0; i < OUTPUTS; i += 1) margins[i] /= (float)sum;
#elif defined(TRANSFORM_CLASS)
  int best = 0;
  for (int i = 1; i < OUTPUTS; i += 1) best = margins[i] > margins[best] ? i : best;
  margins[0] = (float)best;
#else
  (void)margins;
#endif
}

#ifdef TRANSFORM_CLASS
enum { PREDICTIONS = 1 };
#else
enum { PREDICTIONS = OUTPUTS };
#endif

static void start(float *restrict margins) {
  for (int i = 0; i < OUTPUTS; i += 1) margins[i] = base_margins[i];
}

/* The rows of a block, of which the last ones may be missing: margins[output * BLOCK + row]. */
static void block_margins(const float *restrict rows, int64_t stride, int count, float *restrict x, float *restrict margins) {
  for (int i = 0; i < OUTPUTS; i += 1)
    for (int row = 0; row < BLOCK; row += 1) margins[i * BLOCK + row] = base_margins[i];
#if LOCKSTEP_TREES > 0
  for (int feature = 0; feature < FEATURES; feature += 1)
    for (int row = 0; row < BLOCK; row += 1) x[feature * BLOCK + row] = row < count ? rows[row * stride + feature] : 0.0f;
  for (int32_t tree = 0; tree < LOCKSTEP_TREES; tree += 1) {
    int32_t node[BLOCK];
    walk(x, tree, node);
    float *restrict sums = margins + (size_t)lockstep_output[tree] * BLOCK;
    for (int row = 0; row < BLOCK; row += 1) sums[row] += lockstep_leaf[node[row]];
  }
#else
  (void)x;
  for (int row = 0; row < count; row += 1) {
    float single[OUTPUTS];
    start(single);
    add_trees(rows + row * stride, single);
    for (int i = 0; i < OUTPUTS; i += 1) margins[i * BLOCK + row] = single[i];
  }
#endif
}

EXPORT int32_t cloister_features(void) { return FEATURES; }

EXPORT int32_t cloister_outputs(int32_t margins) { return margins ? OUTPUTS : PREDICTIONS; }

/* Floats that `cloister_predict` needs to work with. */
EXPORT int64_t cloister_scratch(void) { return (int64_t)BLOCK * (FEATURES + OUTPUTS); }

/*
 * Predicts rows of floats, NaN for a missing value, `stride` floats apart. Writes cloister_outputs(margins) floats per
 * row. `scratch` is the caller's, so that threads share nothing and nothing is allocated.
 */
EXPORT void cloister_predict(const float *rows, int64_t count, int64_t stride, int32_t margins, float *scratch, float *out) {
  float *sums = scratch + (size_t)FEATURES * BLOCK;
  const int width = margins ? OUTPUTS : PREDICTIONS;
  for (int64_t first = 0; first < count; first += BLOCK) {
    const int here = count - first < BLOCK ? (int)(count - first) : BLOCK;
    if (here > FEW) block_margins(rows + first * stride, stride, here, scratch, sums);
    for (int row = 0; row < here; row += 1) {
      float single[OUTPUTS];
      if (here > FEW)
        for (int i = 0; i < OUTPUTS; i += 1) single[i] = sums[i * BLOCK + row];
      else {
        start(single);
        add_trees(rows + (first + row) * stride, single);
      }
      if (!margins) transform(single);
      for (int i = 0; i < width; i += 1) out[(first + row) * width + i] = single[i];
    }
  }
}

/* Treelite 1.x. An entry whose `missing` is -1 has the bits of a NaN: a row of entries is a row of floats. */
union entry {
  int missing;
  float value;
};

EXPORT size_t get_num_class(void) { return OUTPUTS; }
/* Its name before Treelite 1.0: DLR up to 1.2 looks for it. */
EXPORT size_t get_num_output_group(void) { return OUTPUTS; }
EXPORT size_t get_num_feature(void) { return FEATURES; }
EXPORT const char *get_pred_transform(void) { return TREELITE_TRANSFORM; }
EXPORT float get_sigmoid_alpha(void) { return 1.0f; }
EXPORT float get_global_bias(void) { return base_margins[0]; }
EXPORT const char *get_threshold_type(void) { return "float32"; }
EXPORT const char *get_leaf_output_type(void) { return "float32"; }

#if OUTPUTS > 1
EXPORT size_t predict_multiclass(union entry *row, int margins, float *out) {
  float single[OUTPUTS];
  start(single);
  add_trees(&row->value, single);
  if (!margins) transform(single);
  const size_t width = margins ? OUTPUTS : PREDICTIONS;
  for (size_t i = 0; i < width; i += 1) out[i] = single[i];
  return width;
}
#else
EXPORT float predict(union entry *row, int margins) {
  float single[OUTPUTS];
  start(single);
  add_trees(&row->value, single);
  if (!margins) transform(single);
  return single[0];
}
#endif
