import * as tf from '@tensorflow/tfjs-core';

/** One operation on the gradient tape. */
interface TapeNode {
  inputs: Record<string, tf.Tensor>;
  outputs: tf.Tensor[];
}

/** What of tfjs's engine is repaired. */
interface Engine {
  state: { activeTape: TapeNode[] };
  addTapeNode(name: string, inputs: object, outputs: tf.Tensor[], ...rest: unknown[]): void;
}

let repaired = false;

/**
 * Makes second derivatives complete. Gradients of operations such as exp, tanh, sigmoid and softmax use a saved copy of
 * the operation's output, but the tape holds the copying before the operation: a second gradient, which reads the tape
 * once from its beginning, doesn't see that the copy depends on the input and leaves that term out without a word. Here
 * the operation goes before the copies of its outputs.
 */
export function repairSecondOrder(): void {
  if (repaired) return;
  const engine = tf.engine() as unknown as Engine;
  const addTapeNode = engine.addTapeNode.bind(engine);
  engine.addTapeNode = (name, inputs, outputs, ...rest) => {
    addTapeNode(name, inputs, outputs, ...rest);
    const tape = engine.state.activeTape;
    const node = tape[tape.length - 1];
    let at = tape.length - 1;
    while (at > 0 && copiesOneOf(tape[at - 1], outputs)) at--;
    if (at === tape.length - 1) return;
    tape.pop();
    tape.splice(at, 0, node);
  };
  repaired = true;
}

/** Nothing but its copies can have met an output before the operation itself is on the tape. */
function copiesOneOf({ inputs }: TapeNode, outputs: readonly tf.Tensor[]): boolean {
  return outputs.some(({ id }) => Object.values(inputs).some((input) => input.id === id));
}
