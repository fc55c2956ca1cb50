// The description of one network that TypeScript writes into the memory, see src/descriptor.ts.
// Everything is a 32-bit integer; pointers are byte offsets. One 64-byte header, then 64 bytes a layer.

/** Floats in one panel row; all activations and packed weights are stored as panels of so many columns. */
export const PANEL: i32 = 8;
/** Bytes of one panel row. */
export const PANEL_BYTES: usize = 32;

// Header.
export const NET_LAYERS: usize = 0;
export const NET_BLOCK_ROWS: usize = 4;
export const NET_INPUT_PANELS: usize = 8;
export const NET_INPUT_BLOCK_BYTES: usize = 12;
export const NET_DELTA_A: usize = 16;
export const NET_DELTA_B: usize = 20;
export const NET_PANEL_BYTES: usize = 24;
// Zero until the network's first tangent pass, as the layers' last three.
export const NET_INPUT_TANGENTS: usize = 28;
export const NET_DELTA_C: usize = 32;
export const NET_DELTA_D: usize = 36;

// Layer.
export const LAYER_BYTES: usize = 64;
export const LAYER_INPUTS: usize = 0;
export const LAYER_OUTPUTS: usize = 4;
export const LAYER_ACTIVATION: usize = 8;
export const LAYER_WEIGHTS: usize = 12;
export const LAYER_GRADIENTS: usize = 16;
export const LAYER_PACKED: usize = 20;
export const LAYER_TRANSPOSED: usize = 24;
export const LAYER_PANELS: usize = 28;
export const LAYER_SLOPES: usize = 32;
export const LAYER_BLOCK_BYTES: usize = 36;
export const LAYER_TANGENTS: usize = 40;
export const LAYER_SUM_TANGENTS: usize = 44;
export const LAYER_PACKED_TANGENTS: usize = 48;

@inline
export function field(pointer: usize, offset: usize): i32 {
  return load<i32>(pointer + offset);
}

@inline
export function pointerField(pointer: usize, offset: usize): usize {
  return <usize>load<u32>(pointer + offset);
}

@inline
export function layerAt(network: usize, index: i32): usize {
  return network + (<usize>index + 1) * LAYER_BYTES;
}

@inline
export function panelsOf(columns: i32): i32 {
  return (columns + 7) >> 3;
}
