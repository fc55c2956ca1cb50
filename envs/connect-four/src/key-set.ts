const EMPTY = -1;
/** Slots taken of all, at most. */
const FULL = 0.6;

/** Whole numbers of 0 to 2^53, each once: more of them than a `Set` holds (2^24), at ten to twenty bytes each. */
export class KeySet {
  #slots = new Float64Array(64).fill(EMPTY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns whether the key is new. */
  add(key: number): boolean {
    const slots = this.#slots;
    const slot = slotOf(slots, key);
    if (slots[slot] === key) return false;
    slots[slot] = key;
    if (++this.#size > FULL * slots.length) this.#grow();
    return true;
  }

  #grow(): void {
    const slots = new Float64Array(2 * this.#slots.length).fill(EMPTY);
    for (const key of this.#slots) if (key !== EMPTY) slots[slotOf(slots, key)] = key;
    this.#slots = slots;
  }
}

/** Where the key is, or the empty slot where it belongs. */
function slotOf(slots: Float64Array, key: number): number {
  const last = slots.length - 1;
  // Multiplication spreads both halves of the key over the upper bits, which the shift brings down.
  let hash = Math.imul(key >>> 0, 0x9e37_79b1) ^ Math.imul(Math.floor(key / 2 ** 32), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2_ae35);
  let slot = (hash ^ (hash >>> 13)) & last;
  while (slots[slot] !== EMPTY && slots[slot] !== key) slot = (slot + 1) & last;
  return slot;
}
