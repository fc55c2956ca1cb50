// The kernels of one instruction set. All work on the WebAssembly memory of packages/kernels: pointers are byte offsets
// from `base`, networks are described as there (assembly/descriptor.ts).

#pragma once

#include <cstdint>

struct Kernels {
  const char* instruction_set;
  void (*forward)(uint8_t* base, uint32_t network, uint32_t inputs, uint32_t outputs, int32_t batch);
  void (*backward)(uint8_t* base, uint32_t network, uint32_t output_gradients, uint32_t input_gradients, int32_t batch,
                   bool skip_parameters);
  void (*tangent)(uint8_t* base, uint32_t network, uint32_t parameter_tangents, uint32_t input_tangents, uint32_t outputs,
                  int32_t batch);
  void (*tangent_backward)(uint8_t* base, uint32_t network, uint32_t adjoints, int32_t batch);
  void (*add)(uint8_t* base, uint32_t target, uint32_t source, int32_t length);
  /** Pointers: inputs, gain, bias, outputs, standardised inputs, inverse deviations. */
  void (*layer_norm)(uint8_t* base, const uint32_t pointers[6], int32_t rows, int32_t width, float epsilon);
  /** Pointers: output gradients, gain, standardised inputs, inverse deviations, gradients of gain, bias (0: none), inputs. */
  void (*layer_norm_backward)(uint8_t* base, const uint32_t pointers[7], int32_t rows, int32_t width);
  float (*spectral_norm)(uint8_t* base, uint32_t weights, uint32_t left, uint32_t right, int32_t inputs, int32_t outputs,
                         int32_t iterations);
  /** Pointers: gradients, gradients by the normalised weights, these weights, left and right vector. */
  void (*spectral_norm_backward)(uint8_t* base, const uint32_t pointers[5], int32_t inputs, int32_t outputs, float norm);
  double (*sum_of_squares)(uint8_t* base, uint32_t vector, int32_t length);
  void (*adam)(uint8_t* base, uint32_t parameters, uint32_t gradients, uint32_t first_moment, uint32_t second_moment,
               int32_t length, const float constants[8]);
  void (*polyak)(uint8_t* base, uint32_t target, uint32_t source, int32_t length, float rate);
  void (*scale)(uint8_t* base, uint32_t vector, int32_t length, float factor);
  void (*fill)(uint8_t* base, uint32_t vector, int32_t length, float value);
};

/** The kernels of the namespace that a file includes kernels.inl in. */
#define KERNELS_OF_THIS_FILE(NAME) \
  { NAME, forward, backward, tangent, tangent_backward, add_vector, layer_norm, layer_norm_backward, spectral_norm, \
    spectral_norm_backward, sum_of_squares, adam, polyak, scale, fill }

extern const Kernels kernels_scalar;
#if defined(__x86_64__)
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;
#elif defined(__aarch64__)
extern const Kernels kernels_neon;
#endif
