/* A matrix product of two arrays that are only known when it is computed. */
#include "finish.h"
static void STEP(const float *restrict x, const float *restrict weights, const float *restrict bias, float *restrict y) {
  for (int row = 0; row < BATCH; row += 1) {
    float *to = y + (size_t)row * COLUMNS;
    for (int column = 0; column < COLUMNS; column += 1) to[column] = bias[column];
    for (int k = 0; k < DEPTH; k += 1) {
      const float left = x[(size_t)row * LEFT_ROW + (size_t)k * LEFT_DEPTH];
      for (int column = 0; column < COLUMNS; column += 1) to[column] += left * weights[(size_t)k * RIGHT_DEPTH + (size_t)column * RIGHT_COLUMN];
    }
    for (int column = 0; column < COLUMNS; column += 1) to[column] = FINISHED(to[column]);
  }
}
#include "end-step.h"
