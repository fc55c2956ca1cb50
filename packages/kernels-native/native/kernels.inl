// The kernels themselves, compiled once for each instruction set; see kernels_*.cc for what they define.
//
// Sums run in one order whatever the width of the vectors: over the depth of a product front to back, over a block's
// rows from the first. So every instruction set gives the same bytes, and a row's result does not depend on its batch.

#define INLINE inline __attribute__((always_inline))

template <class V> INLINE V splat(float x);
template <class V> INLINE V load(const float* p);

#include "simd.h"
#include "activation.inl"
#include "panels.inl"
#include "multiply.inl"
#include "network.inl"
#include "tangent.inl"
#include "normalisation.inl"
#include "optimiser.inl"
