/*
 * expf without a C library, so that one compiler makes artefacts for every target. Computed in double precision: the
 * result is the correctly rounded one but for cases that lie within 2^-60 of the middle between two floats.
 */
#ifndef CLOISTER_EXPF_H
#define CLOISTER_EXPF_H

#include <stdint.h>

static inline float cloister_expf(float argument) {
  if (argument != argument) return argument;
  if (argument > 88.73f) return __builtin_inff();
  if (argument < -104.0f) return 0.0f;
  const double ln2 = 0x1.62e42fefa39efp-1, per_ln2 = 0x1.71547652b82fep+0;
  const double x = argument;
  /* Adding and taking 1.5 * 2^52 away rounds to an integer. */
  const double shift = 0x1.8p52;
  const double k = (x * per_ln2 + shift) - shift;
  /* |r| <= ln2 / 2: the Taylor polynomial to r^13 is exact to 2^-57. */
  const double r = x - k * ln2;
  double sum = 1.0;
  for (int n = 13; n > 0; n -= 1) sum = 1.0 + sum * r / n;
  const union {
    uint64_t bits;
    double value;
  } scale = {(uint64_t)((int64_t)k + 1023) << 52};
  return (float)(sum * scale.value);
}

#endif
