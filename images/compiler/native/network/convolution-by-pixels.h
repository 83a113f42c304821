/*
 * A convolution of stride 1 along rows: vectors of neighbouring pixels, BLOCK filters at once. CHANNELS and FILTERS are
 * those of one group. weights: [group][block][channel][tap][filter of the block]. Blocks, rows and vectors at an edge
 * overlap with the ones before them: what lies in both is computed twice, to the same numbers.
 */
#include "finish.h"
static void STEP(const float *restrict x, const float *restrict weights, const float *restrict bias, float *restrict y) {
  enum { FROM = FROM_D * FROM_H * FROM_W, TO = TO_D * TO_H * TO_W, TAPS = KERNEL_D * KERNEL_H * KERNEL_W };
  for (int image = 0; image < BATCH; image += 1)
    for (int group = 0; group < GROUPS; group += 1)
      for (int block = 0; block < BLOCKS; block += 1) {
        const int filter = block * BLOCK + BLOCK > FILTERS ? FILTERS - BLOCK : block * BLOCK;
        const float *w = weights + (size_t)(group * BLOCKS + block) * (CHANNELS * TAPS * BLOCK);
        for (int d = 0; d < TO_D; d += 1)
          for (int h0 = 0; h0 < TO_H; h0 += ROWS)
            for (int w0 = 0; w0 < TO_W; w0 += VECTORS * LANES) {
              const int h = h0 + ROWS > TO_H ? TO_H - ROWS : h0;
              const int left = w0 + VECTORS * LANES > TO_W ? TO_W - VECTORS * LANES : w0;
              VEC sums[BLOCK][ROWS * VECTORS];
              UNROLL for (int f = 0; f < BLOCK; f += 1) {
                const VEC start = (VEC){0} + bias[group * FILTERS + filter + f];
                UNROLL for (int v = 0; v < ROWS * VECTORS; v += 1) sums[f][v] = start;
              }
              const float *tap = w;
              for (int channel = 0; channel < CHANNELS; channel += 1) {
                const float *plane = x + (size_t)((image * GROUPS + group) * CHANNELS + channel) * FROM;
                for (int kd = 0; kd < KERNEL_D; kd += 1)
                  for (int kh = 0; kh < KERNEL_H; kh += 1) {
                    const float *row = plane + ((d * STRIDE_D + kd * DILATION_D) * FROM_H + h * STRIDE_H + kh * DILATION_H) * FROM_W + left;
                    for (int kw = 0; kw < KERNEL_W; kw += 1) {
                      VEC pixels[ROWS * VECTORS];
                      UNROLL for (int v = 0; v < ROWS * VECTORS; v += 1)
                        pixels[v] = *(const VEC *)(row + (v / VECTORS) * (STRIDE_H * FROM_W) + (v % VECTORS) * LANES + kw * DILATION_W);
                      UNROLL for (int f = 0; f < BLOCK; f += 1) {
                        const VEC weight = (VEC){0} + tap[f];
                        UNROLL for (int v = 0; v < ROWS * VECTORS; v += 1) sums[f][v] += weight * pixels[v];
                      }
                      tap += BLOCK;
                    }
                  }
              }
              float *to = y + (size_t)((image * GROUPS + group) * FILTERS + filter) * TO + (d * TO_H + h) * TO_W + left;
              UNROLL for (int f = 0; f < BLOCK; f += 1) UNROLL for (int v = 0; v < ROWS * VECTORS; v += 1) {
                FINISH(sums[f][v]);
                *(VEC *)(to + (size_t)f * TO + (v / VECTORS) * TO_W + (v % VECTORS) * LANES) = sums[f][v];
              }
            }
      }
}
#include "end-step.h"
