/*
 * Any convolution, row by row: for groups of few channels, and for weights that are not known before. CHANNELS and FILTERS
 * are those of one group. weights: [filter][channel][tap], as the model has them.
 */
#include "finish.h"
static void STEP(const float *restrict x, const float *restrict weights, const float *restrict bias, float *restrict y) {
  enum { FROM = FROM_D * FROM_H * FROM_W, TO = TO_D * TO_H * TO_W, TAPS = KERNEL_D * KERNEL_H * KERNEL_W };
  for (int image = 0; image < BATCH; image += 1)
    for (int filter = 0; filter < GROUPS * FILTERS; filter += 1) {
      const float *planes = x + (size_t)(image * GROUPS + filter / FILTERS) * CHANNELS * FROM;
      for (int d = 0; d < TO_D; d += 1)
        for (int h = 0; h < TO_H; h += 1) {
          float *to = y + ((size_t)(image * GROUPS * FILTERS + filter) * TO + (d * TO_H + h) * TO_W);
          for (int w = 0; w < TO_W; w += 1) to[w] = bias[filter];
          for (int channel = 0; channel < CHANNELS; channel += 1)
            for (int kd = 0; kd < KERNEL_D; kd += 1)
              for (int kh = 0; kh < KERNEL_H; kh += 1)
                for (int kw = 0; kw < KERNEL_W; kw += 1) {
                  const float weight = weights[(((size_t)filter * CHANNELS + channel) * KERNEL_D + kd) * (KERNEL_H * KERNEL_W) + kh * KERNEL_W + kw];
                  const float *row =
                      planes + (size_t)channel * FROM + ((d * STRIDE_D + kd * DILATION_D) * FROM_H + h * STRIDE_H + kh * DILATION_H) * FROM_W + kw * DILATION_W;
                  for (int w = 0; w < TO_W; w += 1) to[w] += weight * row[w * STRIDE_W];
                }
          for (int w = 0; w < TO_W; w += 1) to[w] = FINISHED(to[w]);
        }
    }
}
#include "end-step.h"
