// x86-64 with AVX-512 F, DQ and VL.

#if defined(__x86_64__)

#include <cstdint>
#include <immintrin.h>

#include "kernels.h"

// Rows and inputs of a tile: as many as the registers hold sums for.
#define TILE_ROWS_16 16
#define TILE_ROWS_8 16
#define TILE_INPUTS 8

namespace {
#include "kernels.inl"
}

extern const Kernels kernels_avx512 = KERNELS_OF_THIS_FILE("AVX-512");

#endif
