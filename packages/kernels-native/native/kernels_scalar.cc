// For processors without wide vectors; slow where fused multiply-adds are not built in.

#include <cstdint>

#include "kernels.h"

// Rows and inputs of a tile: as many as the registers hold sums for.
#define TILE_ROWS_16 4
#define TILE_ROWS_8 4
#define TILE_INPUTS 4
#define FORCE_SCALAR

namespace {
#include "kernels.inl"
}

extern const Kernels kernels_scalar = KERNELS_OF_THIS_FILE("scalar");
