import { Box, register } from '@understudy/gym';

/** An environment whose steps take as many milliseconds as its option says. JavaScript, because threads import it. */
class SlowEnv {
  id = 'Slow-v0';
  metadata = { renderModes: [] };
  observationSpace = new Box({ low: 0, high: 1, shape: [1], dtype: 'float64' });
  actionSpace = new Box({ low: -1, high: 1, shape: [1] });

  constructor({ milliseconds = 0 } = {}) {
    this.milliseconds = milliseconds;
  }

  get unwrapped() {
    return this;
  }

  reset() {
    return {
      observation: new Float64Array(1),
      info: { image: Uint8Array.of(1, 2), nothing: undefined, call: () => 1 },
    };
  }

  step() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, this.milliseconds);
    return { observation: new Float64Array(1), reward: 1, terminated: false, truncated: false, info: {} };
  }

  render() {
    return { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  }

  close() {}
}

register({ id: 'Slow-v0', entryPoint: (options) => new SlowEnv(options), optionNames: ['milliseconds'] });
