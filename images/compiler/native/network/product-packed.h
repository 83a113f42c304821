/*
 * A matrix product whose right side is known: weights: [block][depth][VECTORS * LANES columns], filled up with zeros; bias
 * likewise. ROWS rows of the left side at once, and PARTS sums of each, so that one addition need not wait for another.
 */
#include "finish.h"
static void STEP(const float *restrict x, const float *restrict weights, const float *restrict bias, float *restrict y) {
  enum { WIDTH = VECTORS * LANES };
  for (int block = 0; block < BLOCKS; block += 1) {
    const float *w = weights + (size_t)block * DEPTH * WIDTH;
    const int columns = COLUMNS - block * WIDTH < WIDTH ? COLUMNS - block * WIDTH : WIDTH;
    for (int r0 = 0; r0 < BATCH; r0 += ROWS) {
      const int row = r0 + ROWS > BATCH ? BATCH - ROWS : r0;
      const float *from = x + (size_t)row * LEFT_ROW;
      VEC sums[PARTS][ROWS][VECTORS];
      UNROLL for (int p = 0; p < PARTS; p += 1) UNROLL for (int r = 0; r < ROWS; r += 1) UNROLL for (int v = 0; v < VECTORS; v += 1)
        sums[p][r][v] = p == 0 ? *(const VEC *)(bias + block * WIDTH + v * LANES) : (VEC){0};
      int k = 0;
      for (; k + PARTS <= DEPTH; k += PARTS)
        UNROLL for (int p = 0; p < PARTS; p += 1) UNROLL for (int v = 0; v < VECTORS; v += 1) {
          const VEC weight = *(const VEC *)(w + (size_t)(k + p) * WIDTH + v * LANES);
          UNROLL for (int r = 0; r < ROWS; r += 1) sums[p][r][v] += weight * from[(size_t)r * LEFT_ROW + (k + p) * LEFT_DEPTH];
        }
      for (; k < DEPTH; k += 1)
        UNROLL for (int v = 0; v < VECTORS; v += 1) {
          const VEC weight = *(const VEC *)(w + (size_t)k * WIDTH + v * LANES);
          UNROLL for (int r = 0; r < ROWS; r += 1) sums[0][r][v] += weight * from[(size_t)r * LEFT_ROW + k * LEFT_DEPTH];
        }
      UNROLL for (int r = 0; r < ROWS; r += 1) {
        float *to = y + (size_t)(row + r) * COLUMNS + block * WIDTH;
        UNROLL for (int v = 0; v < VECTORS; v += 1) {
          VEC sum = sums[0][r][v];
          UNROLL for (int p = 1; p < PARTS; p += 1) sum += sums[p][r][v];
          FINISH(sum);
          if (v * LANES + LANES <= columns) *(VEC *)(to + v * LANES) = sum;
          else
            for (int lane = 0; lane < LANES; lane += 1)
              if (v * LANES + lane < columns) to[v * LANES + lane] = sum[lane];
        }
      }
    }
  }
}
#include "end-step.h"
