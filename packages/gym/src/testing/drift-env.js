import { Box, Discrete, register } from '@understudy/gym';
import { defaultRng } from '@understudy/random';

/**
 * A point that drifts at random and is pushed by the action: observation [x, y, sum of past noise], reward -|x|, done
 * when x or y exceeds the limit. JavaScript, because worker threads import it too.
 */
export class DriftEnv {
  id = 'Drift-v0';
  metadata = { renderModes: [] };
  observationSpace = new Box({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    shape: [3],
    dtype: 'float64',
  });
  signals = { reward: 0, terminated: false, truncated: false };
  state = new Float64Array(3);
  random = defaultRng(0);
  closed = 0;
  steps = 0;

  constructor({ limit = 1, trouble = 'none', discrete = false } = {}) {
    this.limit = limit;
    this.trouble = trouble;
    this.actionSpace = discrete ? new Discrete(4) : new Box({ low: -2, high: 1, shape: [2] });
  }

  get unwrapped() {
    return this;
  }

  reset({ seed, options } = {}) {
    if (seed !== undefined) this.random = defaultRng(seed);
    if (options?.forbidden) throw new Error('forbidden option');
    this.random.fillUniform(this.state, -0.1, 0.1);
    return { observation: this.state.slice(), info: { seed: seed ?? null, options: options ?? null } };
  }

  advance(action) {
    this.steps += 1;
    if (this.trouble === 'throw' && this.steps === 3) throw new Error('the simulation diverged');
    if (this.trouble === 'exit' && this.steps === 3) process.exit(7);
    const [pushX, pushY] = typeof action === 'number' ? [action % 2, action >> 1] : action;
    const noise = 0.1 * this.random.standardNormal();
    this.state[0] += 0.2 * pushX + noise;
    this.state[1] += 0.2 * pushY - noise;
    this.state[2] += noise;
    this.signals.reward = -Math.abs(this.state[0]);
    this.signals.terminated = Math.max(Math.abs(this.state[0]), Math.abs(this.state[1])) > this.limit;
  }

  step(action) {
    this.advance(action);
    return { ...this.signals, observation: this.state.slice(), info: { noise: this.state[2] } };
  }

  stepInto(action, out, offset) {
    this.advance(action);
    out.set(this.state, offset);
    return this.signals;
  }

  render() {
    return null;
  }

  saveState() {
    return { state: [...this.state], random: this.random.getState(), steps: this.steps };
  }

  restoreState({ state, random, steps }) {
    this.state.set(state);
    this.random.setState(random);
    this.steps = steps;
  }

  close() {
    this.closed += 1;
  }
}

register({
  id: 'Drift-v0',
  entryPoint: (options) => new DriftEnv(options),
  maxEpisodeSteps: 12,
  optionNames: ['limit', 'trouble', 'discrete'],
  module: import.meta.url,
});
