// 64-bit ARM, where NEON is always there.

#if defined(__aarch64__)

#include <cstdint>
#include <arm_neon.h>

#include "kernels.h"

// Rows and inputs of a tile: as many as the registers hold sums for.
#define TILE_ROWS_16 4
#define TILE_ROWS_8 8
#define TILE_INPUTS 4

namespace {
#include "kernels.inl"
}

extern const Kernels kernels_neon = KERNELS_OF_THIS_FILE("NEON");

#endif
