// Sixteen and eight lanes of float32 for whichever instruction set the file is compiled for.
//
// Every operation is exactly rounded and every multiply-add is fused, so that all instruction sets give the same bytes.
// Included once by each of kernels_*.cc, inside its own namespace: nothing here may have external linkage.

#if defined(__AVX512F__)

struct F8 {
  static constexpr int width = 8;
  __m256 v;
};
struct F16 {
  static constexpr int width = 16;
  __m512 v;
};

INLINE F8 load8(const float* p) { return {_mm256_loadu_ps(p)}; }
INLINE void store(float* p, F8 a) { _mm256_storeu_ps(p, a.v); }
INLINE F16 load16(const float* p) { return {_mm512_loadu_ps(p)}; }
INLINE void store(float* p, F16 a) { _mm512_storeu_ps(p, a.v); }
INLINE F16 join(F8 low, F8 high) {
  return {_mm512_insertf32x8(_mm512_castps256_ps512(low.v), high.v, 1)};
}
INLINE F8 low_half(F16 a) { return {_mm512_castps512_ps256(a.v)}; }
INLINE F8 high_half(F16 a) { return {_mm512_extractf32x8_ps(a.v, 1)}; }

template <> INLINE F8 splat<F8>(float x) { return {_mm256_set1_ps(x)}; }
template <> INLINE F16 splat<F16>(float x) { return {_mm512_set1_ps(x)}; }

#define LANEWISE(NAME, OP) \
  INLINE F8 NAME(F8 a, F8 b) { return {_mm256_##OP##_ps(a.v, b.v)}; } \
  INLINE F16 NAME(F16 a, F16 b) { return {_mm512_##OP##_ps(a.v, b.v)}; }
LANEWISE(add, add)
LANEWISE(sub, sub)
LANEWISE(mul, mul)
LANEWISE(div, div)
#undef LANEWISE
// Where `a` is NaN these give it, as the arguments' order in the instruction sees to.
INLINE F8 at_least(F8 a, F8 low) { return {_mm256_max_ps(low.v, a.v)}; }
INLINE F16 at_least(F16 a, F16 low) { return {_mm512_max_ps(low.v, a.v)}; }
INLINE F8 at_most(F8 a, F8 high) { return {_mm256_min_ps(high.v, a.v)}; }
INLINE F16 at_most(F16 a, F16 high) { return {_mm512_min_ps(high.v, a.v)}; }
INLINE F8 fma(F8 a, F8 b, F8 c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
INLINE F16 fma(F16 a, F16 b, F16 c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
INLINE F8 root(F8 a) { return {_mm256_sqrt_ps(a.v)}; }
INLINE F16 root(F16 a) { return {_mm512_sqrt_ps(a.v)}; }
INLINE F8 nearest(F8 a) { return {_mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
INLINE F16 nearest(F16 a) { return {_mm512_roundscale_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
INLINE F8 power_of_two(F8 n) {
  return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n.v), _mm256_set1_epi32(127)), 23))};
}
INLINE F16 power_of_two(F16 n) {
  return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(_mm512_cvtps_epi32(n.v), _mm512_set1_epi32(127)), 23))};
}
/** `then` in the lanes where x <= 0, else `otherwise`; NaN counts as above 0. */
INLINE F8 where_not_positive(F8 x, F8 then, F8 otherwise) {
  return {_mm256_blendv_ps(otherwise.v, then.v, _mm256_cmp_ps(x.v, _mm256_setzero_ps(), _CMP_LE_OQ))};
}
INLINE F16 where_not_positive(F16 x, F16 then, F16 otherwise) {
  return {_mm512_mask_blend_ps(_mm512_cmp_ps_mask(x.v, _mm512_setzero_ps(), _CMP_LE_OQ), otherwise.v, then.v)};
}

#elif defined(__AVX2__)

struct F8 {
  static constexpr int width = 8;
  __m256 v;
};

INLINE F8 load8(const float* p) { return {_mm256_loadu_ps(p)}; }
INLINE void store(float* p, F8 a) { _mm256_storeu_ps(p, a.v); }
template <> INLINE F8 splat<F8>(float x) { return {_mm256_set1_ps(x)}; }
INLINE F8 add(F8 a, F8 b) { return {_mm256_add_ps(a.v, b.v)}; }
INLINE F8 sub(F8 a, F8 b) { return {_mm256_sub_ps(a.v, b.v)}; }
INLINE F8 mul(F8 a, F8 b) { return {_mm256_mul_ps(a.v, b.v)}; }
INLINE F8 div(F8 a, F8 b) { return {_mm256_div_ps(a.v, b.v)}; }
INLINE F8 at_least(F8 a, F8 low) { return {_mm256_max_ps(low.v, a.v)}; }
INLINE F8 at_most(F8 a, F8 high) { return {_mm256_min_ps(high.v, a.v)}; }
INLINE F8 fma(F8 a, F8 b, F8 c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
INLINE F8 root(F8 a) { return {_mm256_sqrt_ps(a.v)}; }
INLINE F8 nearest(F8 a) { return {_mm256_round_ps(a.v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)}; }
INLINE F8 power_of_two(F8 n) {
  return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n.v), _mm256_set1_epi32(127)), 23))};
}
INLINE F8 where_not_positive(F8 x, F8 then, F8 otherwise) {
  return {_mm256_blendv_ps(otherwise.v, then.v, _mm256_cmp_ps(x.v, _mm256_setzero_ps(), _CMP_LE_OQ))};
}
#define PAIR_OF_F8

#elif defined(__aarch64__) && !defined(FORCE_SCALAR)

struct F8 {
  static constexpr int width = 8;
  float32x4_t low, high;
};

#define LANEWISE1(NAME, OP) \
  INLINE F8 NAME(F8 a) { return {OP(a.low), OP(a.high)}; }
#define LANEWISE2(NAME, OP) \
  INLINE F8 NAME(F8 a, F8 b) { return {OP(a.low, b.low), OP(a.high, b.high)}; }
INLINE F8 load8(const float* p) { return {vld1q_f32(p), vld1q_f32(p + 4)}; }
INLINE void store(float* p, F8 a) {
  vst1q_f32(p, a.low);
  vst1q_f32(p + 4, a.high);
}
template <> INLINE F8 splat<F8>(float x) { return {vdupq_n_f32(x), vdupq_n_f32(x)}; }
LANEWISE2(add, vaddq_f32)
LANEWISE2(sub, vsubq_f32)
LANEWISE2(mul, vmulq_f32)
LANEWISE2(div, vdivq_f32)
LANEWISE2(at_least, vmaxq_f32)
LANEWISE2(at_most, vminq_f32)
LANEWISE1(root, vsqrtq_f32)
LANEWISE1(nearest, vrndnq_f32)
INLINE F8 fma(F8 a, F8 b, F8 c) { return {vfmaq_f32(c.low, a.low, b.low), vfmaq_f32(c.high, a.high, b.high)}; }
INLINE float32x4_t power_of_two4(float32x4_t n) {
  return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vcvtnq_s32_f32(n), vdupq_n_s32(127)), 23));
}
LANEWISE1(power_of_two, power_of_two4)
INLINE F8 where_not_positive(F8 x, F8 then, F8 otherwise) {
  return {vbslq_f32(vclezq_f32(x.low), then.low, otherwise.low), vbslq_f32(vclezq_f32(x.high), then.high, otherwise.high)};
}
#undef LANEWISE1
#undef LANEWISE2
#define PAIR_OF_F8

#else

struct F8 {
  static constexpr int width = 8;
  float v[8];
};

#define LANES(EXPRESSION) \
  F8 r; \
  for (int i = 0; i < 8; i++) r.v[i] = EXPRESSION; \
  return r;
INLINE F8 load8(const float* p) { LANES(p[i]) }
INLINE void store(float* p, F8 a) {
  for (int i = 0; i < 8; i++) p[i] = a.v[i];
}
template <> INLINE F8 splat<F8>(float x) { LANES(x) }
INLINE F8 add(F8 a, F8 b) { LANES(a.v[i] + b.v[i]) }
INLINE F8 sub(F8 a, F8 b) { LANES(a.v[i] - b.v[i]) }
INLINE F8 mul(F8 a, F8 b) { LANES(a.v[i] * b.v[i]) }
INLINE F8 div(F8 a, F8 b) { LANES(a.v[i] / b.v[i]) }
INLINE F8 at_least(F8 a, F8 low) { LANES(low.v[i] > a.v[i] ? low.v[i] : a.v[i]) }
INLINE F8 at_most(F8 a, F8 high) { LANES(high.v[i] < a.v[i] ? high.v[i] : a.v[i]) }
INLINE F8 fma(F8 a, F8 b, F8 c) { LANES(__builtin_fmaf(a.v[i], b.v[i], c.v[i])) }
INLINE F8 root(F8 a) { LANES(__builtin_sqrtf(a.v[i])) }
INLINE F8 nearest(F8 a) { LANES(__builtin_rintf(a.v[i])) }
INLINE float power_of_two1(float n) {
  int32_t bits = ((int32_t)n + 127) << 23;
  float value;
  __builtin_memcpy(&value, &bits, 4);
  return value;
}
INLINE F8 power_of_two(F8 n) { LANES(power_of_two1(n.v[i])) }
INLINE F8 where_not_positive(F8 x, F8 then, F8 otherwise) { LANES(x.v[i] <= 0 ? then.v[i] : otherwise.v[i]) }
#undef LANES
#define PAIR_OF_F8

#endif

#ifdef PAIR_OF_F8
#undef PAIR_OF_F8

struct F16 {
  static constexpr int width = 16;
  F8 a, b;
};

INLINE F16 load16(const float* p) { return {load8(p), load8(p + 8)}; }
INLINE void store(float* p, F16 x) {
  store(p, x.a);
  store(p + 8, x.b);
}
INLINE F16 join(F8 low, F8 high) { return {low, high}; }
INLINE F8 low_half(F16 x) { return x.a; }
INLINE F8 high_half(F16 x) { return x.b; }
template <> INLINE F16 splat<F16>(float x) { return {splat<F8>(x), splat<F8>(x)}; }
INLINE F16 add(F16 x, F16 y) { return {add(x.a, y.a), add(x.b, y.b)}; }
INLINE F16 sub(F16 x, F16 y) { return {sub(x.a, y.a), sub(x.b, y.b)}; }
INLINE F16 mul(F16 x, F16 y) { return {mul(x.a, y.a), mul(x.b, y.b)}; }
INLINE F16 div(F16 x, F16 y) { return {div(x.a, y.a), div(x.b, y.b)}; }
INLINE F16 fma(F16 x, F16 y, F16 z) { return {fma(x.a, y.a, z.a), fma(x.b, y.b, z.b)}; }
INLINE F16 root(F16 x) { return {root(x.a), root(x.b)}; }

#endif

template <> INLINE F8 load<F8>(const float* p) { return load8(p); }
template <> INLINE F16 load<F16>(const float* p) { return load16(p); }
