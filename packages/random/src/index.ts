export type { IntegerArray } from './bounded-integers.ts';
export type { ChoiceOptions } from './choice.ts';
export { defaultRng, Generator, type GeneratorState, type RealArray } from './generator.ts';
export { PCG64, type Pcg64State } from './pcg64.ts';
export { type Entropy, SeedSequence, type SeedSequenceOptions, type SeedSequenceState } from './seed-sequence.ts';
