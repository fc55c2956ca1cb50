import { KernelMemory } from '@understudy/kernels';
import { expect, test } from 'vitest';
import { allocateParameters, mlpTensors } from './parameter-vector.ts';
import { decodeSafetensors } from './safetensors/decode.ts';
import { encodeSafetensors } from './safetensors/encode.ts';
import { tensorOf } from './safetensors/tensor.ts';
import { inputErrorOf } from './testing/input-error.ts';

function makeVector() {
  return allocateParameters(KernelMemory.create(), [
    ...mlpTensors([3, 4, 2], 'actor'),
    { name: 'logStandardDeviation', shape: [2] },
    ...mlpTensors([3, 1], 'critic'),
  ]);
}

test('tensors lie one after another under their names', () => {
  const vector = makeVector();
  expect(vector.layout.map(({ name, offset }) => [name, offset])).toEqual([
    ['actor.0.weight', 0],
    ['actor.0.bias', 12],
    ['actor.1.weight', 16],
    ['actor.1.bias', 24],
    ['logStandardDeviation', 26],
    ['critic.0.weight', 28],
    ['critic.0.bias', 31],
  ]);
  expect(vector.size).toBe(32);
  vector.parameters.forEach((_, i) => {
    vector.parameters[i] = i;
    vector.gradients[i] = -i;
  });
  expect([...vector.tensor('logStandardDeviation')]).toEqual([26, 27]);
  expect([...vector.gradient('critic.0.bias')]).toEqual([-31]);
  const section = vector.section('critic');
  expect([...section.parameters]).toEqual([28, 29, 30, 31]);
  expect([...section.gradients]).toEqual([-28, -29, -30, -31]);
  expect(section.layout.map(({ offset }) => offset)).toEqual([0, 3]);
  vector.zeroGradients();
  expect(vector.gradients.every((value) => value === 0)).toBe(true);
  expect(() => vector.tensor('actor')).toThrow('no tensor named actor');
});

test('a checkpoint of it, with other tensors beside, restores it exactly', () => {
  const vector = makeVector();
  vector.parameters.forEach((_, i) => {
    vector.parameters[i] = Math.sin(i);
  });
  const bytes = encodeSafetensors([...vector.tensors(), ['other', tensorOf(Float32Array.of(1))]]);
  const restored = makeVector();
  restored.load(decodeSafetensors(bytes, 'file').tensors);
  expect([...restored.parameters]).toEqual([...vector.parameters]);
});

test('a checkpoint that lacks a tensor or has another shape or type changes nothing', () => {
  const vector = makeVector();
  const good = new Map(makeVector().tensors());
  good.get('actor.0.weight')?.data.fill(7 as never);
  const without = new Map(good);
  without.delete('critic.0.bias');
  const reshaped = new Map(good).set('actor.0.weight', tensorOf(new Float32Array(12), [4, 3]));
  const retyped = new Map(good).set('critic.0.bias', tensorOf(new Float64Array(1), [1]));
  for (const [tensors, message] of [
    [without, 'model.safetensors has no tensor critic.0.bias (F32 [1]); use a file made with the same networks.'],
    [reshaped, 'model.safetensors holds actor.0.weight as F32 [4, 3] instead of F32 [3, 4]; '],
    [retyped, 'model.safetensors holds critic.0.bias as F64 [1] instead of F32 [1]; '],
  ] as const) {
    expect(inputErrorOf(() => vector.load(tensors, 'model.safetensors'))).toContain(message);
    expect(vector.parameters.every((value) => value === 0)).toBe(true);
  }
});

test('two tensors of one name, or a network torn apart, are refused', () => {
  const memory = KernelMemory.create();
  const x = { name: 'x', shape: [1] };
  expect(() => allocateParameters(memory, [x, x])).toThrow('same name');
  const [weight, bias] = mlpTensors([3, 1], 'critic');
  expect(() => allocateParameters(memory, [weight, x, bias]).section('critic')).toThrow('next to one another');
});
