/* Largest elements or averages of windows, row by row; PADDING is in front of the first element. */
static void STEP(const float *restrict x, float *restrict y) {
  for (int plane = 0; plane < BATCH; plane += 1) {
    const float *from = x + (size_t)plane * (FROM_D * FROM_H * FROM_W);
    for (int d = 0; d < TO_D; d += 1)
      for (int h = 0; h < TO_H; h += 1) {
        float *row = y + ((size_t)plane * TO_D + d) * (TO_H * TO_W) + (size_t)h * TO_W;
#ifdef MAXIMUM
        for (int w = 0; w < TO_W; w += 1) row[w] = -__builtin_inff();
#else
        int lines = 0;
        for (int w = 0; w < TO_W; w += 1) row[w] = 0;
#endif
        for (int kd = 0; kd < KERNEL_D; kd += 1)
          for (int kh = 0; kh < KERNEL_H; kh += 1) {
            const int z = d * STRIDE_D + kd * DILATION_D - PADDING_D, line = h * STRIDE_H + kh * DILATION_H - PADDING_H;
            if (z < 0 || z >= FROM_D || line < 0 || line >= FROM_H) continue;
#ifndef MAXIMUM
            lines += 1;
#endif
            const float *at = from + ((size_t)z * FROM_H + line) * FROM_W;
            UNROLL for (int kw = 0; kw < KERNEL_W; kw += 1) {
              const int moved = kw * DILATION_W - PADDING_W;
              const int first = moved < 0 ? (-moved + STRIDE_W - 1) / STRIDE_W : 0;
              const int room = FROM_W - moved;
              const int count = room <= 0 ? 0 : (room + STRIDE_W - 1) / STRIDE_W;
              const int end = count < TO_W ? count : TO_W;
              for (int w = first; w < end; w += 1) {
                const float value = at[w * STRIDE_W + moved];
#ifdef MAXIMUM
                row[w] = maximum(row[w], value);
#else
                row[w] += value;
#endif
              }
            }
          }
#if !defined(MAXIMUM)
        for (int w = 0; w < TO_W; w += 1) {
#if defined(COUNTS_PADDING)
          row[w] /= KERNEL_D * KERNEL_H * KERNEL_W;
#else
          int across = 0;
          for (int kw = 0; kw < KERNEL_W; kw += 1) {
            const int at = w * STRIDE_W + kw * DILATION_W - PADDING_W;
            across += (at >= 0) & (at < FROM_W);
          }
          row[w] /= (float)(lines * across);
#endif
        }
        (void)lines;
#endif
      }
  }
}
#include "end-step.h"
