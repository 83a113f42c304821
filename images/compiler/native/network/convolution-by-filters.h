/*
 * A convolution whose rows are short or strided: vectors of filters, TILE pixels of a row at once. CHANNELS and FILTERS
 * are those of one group. weights: [group][block][channel][tap][LANES filters], filled up with zeros; bias likewise.
 */
#include "finish.h"
static void STEP(const float *restrict x, const float *restrict weights, const float *restrict bias, float *restrict y) {
  enum { FROM = FROM_D * FROM_H * FROM_W, TO = TO_D * TO_H * TO_W, TAPS = KERNEL_D * KERNEL_H * KERNEL_W };
  for (int image = 0; image < BATCH; image += 1)
    for (int group = 0; group < GROUPS; group += 1)
      for (int block = 0; block < BLOCKS; block += 1) {
        const float *w = weights + (size_t)(group * BLOCKS + block) * (CHANNELS * TAPS * LANES);
        const VEC start = *(const VEC *)(bias + (group * BLOCKS + block) * LANES);
        const int filters = FILTERS - block * LANES < LANES ? FILTERS - block * LANES : LANES;
        for (int d = 0; d < TO_D; d += 1)
          for (int h = 0; h < TO_H; h += 1)
            for (int w0 = 0; w0 < TO_W; w0 += TILE) {
              const int left = w0 + TILE > TO_W ? TO_W - TILE : w0;
              VEC sums[TILE];
              UNROLL for (int t = 0; t < TILE; t += 1) sums[t] = start;
              const float *tap = w;
              for (int channel = 0; channel < CHANNELS; channel += 1) {
                const float *plane = x + (size_t)((image * GROUPS + group) * CHANNELS + channel) * FROM;
                for (int kd = 0; kd < KERNEL_D; kd += 1)
                  for (int kh = 0; kh < KERNEL_H; kh += 1) {
                    const float *row = plane + ((d * STRIDE_D + kd * DILATION_D) * FROM_H + h * STRIDE_H + kh * DILATION_H) * FROM_W + left * STRIDE_W;
                    for (int kw = 0; kw < KERNEL_W; kw += 1) {
                      const VEC weight = *(const VEC *)tap;
                      UNROLL for (int t = 0; t < TILE; t += 1) sums[t] += weight * row[t * STRIDE_W + kw * DILATION_W];
                      tap += LANES;
                    }
                  }
              }
              float *to = y + (size_t)((image * GROUPS + group) * FILTERS + block * LANES) * TO + (d * TO_H + h) * TO_W + left;
              float found[TILE][LANES];
              UNROLL for (int t = 0; t < TILE; t += 1) {
                FINISH(sums[t]);
                *(VEC *)found[t] = sums[t];
              }
              for (int f = 0; f < filters; f += 1) UNROLL for (int t = 0; t < TILE; t += 1) to[(size_t)f * TO + t] = found[t][f];
            }
      }
}
#include "end-step.h"
