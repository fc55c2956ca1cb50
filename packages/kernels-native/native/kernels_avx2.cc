// x86-64 with AVX2 and FMA (2013 on).

#if defined(__x86_64__)

#include <cstdint>
#include <immintrin.h>

#include "kernels.h"

// Rows and inputs of a tile: as many as the registers hold sums for.
#define TILE_ROWS_16 6
#define TILE_ROWS_8 12
#define TILE_INPUTS 4

namespace {
#include "kernels.inl"
}

extern const Kernels kernels_avx2 = KERNELS_OF_THIS_FILE("AVX2");

#endif
