/*
 * What the steps of a compiled network share: vectors, and functions without a C library. Everything is written so that
 * loops over it become vector instructions of whatever processor the network is compiled for.
 */
#ifndef CLOISTER_NETWORK_H
#define CLOISTER_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#define UNROLL _Pragma("clang loop unroll(full)")

/* Arrays of the caller are aligned as floats are, no more. */
#define VECTOR(lanes) \
  typedef float vec##lanes __attribute__((vector_size(4 * lanes), aligned(4))); \
  typedef int32_t ivec##lanes __attribute__((vector_size(4 * lanes), aligned(4)))
VECTOR(4);
VECTOR(8);
VECTOR(16);

union bits {
  float value;
  int32_t integer;
};

static inline float of_bits(int32_t integer) { return ((union bits){.integer = integer}).value; }
static inline int32_t bits_of(float value) { return ((union bits){.value = value}).integer; }

/* NaN stays NaN in the first operand. */
static inline float maximum(float a, float b) { return a < b ? b : a; }
static inline float minimum(float a, float b) { return b < a ? b : a; }
static inline float if_less(float a, float b, float c, float d) { return a < b ? c : d; }
static inline float absolute(float a) { return of_bits(bits_of(a) & 0x7fffffff); }
static inline float square_root(float a) { return __builtin_sqrtf(a); }

/* Within 2 units in the last place; 2^k in two factors, so that neither end of the range is lost. */
static inline float exponential(float x) {
  const float bounded = minimum(maximum(x, -104.0f), 89.0f);
  /* Adding 1.5 * 2^23 rounds to an integer, which then is in the last bits. */
  const float shift = 0x1.8p23f, moved = bounded * 0x1.715476p+0f + shift;
  const float k = moved - shift;
  /* ln 2 in two parts: k times the first one is exact. */
  const float r = (bounded - k * 0x1.62e4p-1f) - k * 0x1.7f7d1cp-20f;
  const float sum = 1.0f + r * (1.0f + r * (1.0f / 2 + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120 + r * (1.0f / 720 + r * (1.0f / 5040)))))));
  const int32_t whole = bits_of(moved) - bits_of(shift), half = whole >> 1;
  return sum * of_bits((half + 127) << 23) * of_bits((whole - half + 127) << 23);
}

/* By the series of the inverse hyperbolic tangent around 1. */
static inline float logarithm(float x) {
  const int32_t subnormal = x < 0x1p-126f;
  const float scaled = subnormal ? x * 0x1p24f : x;
  const int32_t bits = bits_of(scaled);
  /* The mantissa between the square roots of 1/2 and 2. */
  const int32_t exponent = (bits - 0x3f3504f3) >> 23;
  const float m = of_bits(bits - (int32_t)((uint32_t)exponent << 23));
  const float s = (m - 1.0f) / (m + 1.0f), q = s * s;
  const float series = s * (2.0f + q * (2.0f / 3 + q * (2.0f / 5 + q * (2.0f / 7 + q * (2.0f / 9)))));
  const float k = (float)(exponent - (subnormal ? 24 : 0));
  const float result = k * 0x1.62e4p-1f + (series + k * 0x1.7f7d1cp-20f);
  const float special = x == 0.0f ? -__builtin_inff() : x < 0.0f ? __builtin_nanf("") : x;
  return (x > 0.0f) & (x < __builtin_inff()) ? result : special;
}

/* Near 0 by its series, which keeps all digits; elsewhere by an exponential. */
static inline float tangent(float x) {
  const float q = x * x;
  const float near = x * (1.0f + q * (-1.0f / 3 + q * (2.0f / 15 + q * (-17.0f / 315 + q * (62.0f / 2835 + q * (-1382.0f / 155925))))));
  const float far = 1.0f - 2.0f / (exponential(2.0f * absolute(x)) + 1.0f);
  return absolute(x) < 0.4f ? near : x < 0.0f ? -far : far;
}

/* In double precision, for the error of a logarithm is multiplied by the exponent. */
static inline double logarithm_of(double x) {
  union {
    double value;
    int64_t integer;
  } bits = {x};
  const int64_t exponent = (bits.integer - 0x3fe6a09e667f3bcd) >> 52;
  bits.integer -= exponent * ((int64_t)1 << 52);
  const double s = (bits.value - 1.0) / (bits.value + 1.0), q = s * s;
  double sum = 0;
  for (int n = 25; n > 0; n -= 2) sum = sum * q + 2.0 / n;
  return (double)exponent * 0x1.62e42fefa39efp-1 + s * sum;
}

static inline float power(float x, float y) {
  if (y == 0.0f || x == 1.0f) return 1.0f;
  if (x != x || y != y) return x + y;
  const float size = absolute(x), most = __builtin_inff();
  const int whole = absolute(y) >= 0x1p23f || (float)(int32_t)y == y;
  const int odd = whole && absolute(y) < 0x1p24f && ((int32_t)y & 1);
  if (x < 0.0f && !whole && size != most) return __builtin_nanf("");
  float result;
  if (size == 0.0f || size == most) result = (size == 0.0f) == (y > 0.0f) ? 0.0f : most;
  else if (absolute(y) == most) result = size == 1.0f ? 1.0f : (size > 1.0f) == (y > 0.0f) ? most : 0.0f;
  else {
    const double log2 = y * logarithm_of(size) * 0x1.71547652b82fep+0;
    if (log2 > 129) result = most;
    else if (log2 < -151) result = 0.0f;
    else {
      const double k = (log2 + 0x1.8p52) - 0x1.8p52, r = (log2 - k) * 0x1.62e42fefa39efp-1;
      double sum = 1;
      for (int n = 13; n > 0; n -= 1) sum = 1 + sum * r / n;
      const union {
        int64_t integer;
        double value;
      } scale = {((int64_t)k + 1023) << 52};
      result = (float)(sum * scale.value);
    }
  }
  return odd && bits_of(x) < 0 ? -result : result;
}

#endif
