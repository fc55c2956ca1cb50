import { polyak } from '@understudy/kernels';
import type { ParameterVector } from './parameter-vector.ts';

/**
 * Moves a target network's parameters towards the trained one's: target += tau (source - target) (Lillicrap et al.
 * 2016, arXiv 1509.02971, algorithm 1).
 *
 * @param target - Changed in place; in the same kernels' memory as `source`.
 * @param tau - 1 copies.
 */
export function polyakUpdate(target: ParameterVector, source: ParameterVector, tau: number): void {
  polyak(target.memory, target.parameters, source.parameters, tau);
}
