import { Box, register } from '@understudy/gym';

/** An environment that tells a lot: with an odd seed its episodes have three steps, otherwise two. JavaScript, because threads import it. */
class TellingEnv {
  id = 'Telling-v0';
  metadata = { renderModes: ['rgb_array'], renderFps: 25 };
  observationSpace = new Box({ low: -1, high: 9, shape: [1], dtype: 'float64' });
  actionSpace = new Box({ low: -1, high: 1, shape: [2] });
  length = 2;
  time = 0;
  episodes = 0;

  get unwrapped() {
    return this;
  }

  reset({ seed } = {}) {
    if (seed !== undefined) this.length = 2 + (seed % 2);
    this.time = 0;
    this.episodes += 1;
    return { observation: Float64Array.of(0), info: { episodes: this.episodes, begins: true, name: 'a text' } };
  }

  step(action) {
    this.time += 1;
    const terminated = this.time === this.length;
    const info = {
      forward: action[0] / 3,
      time: this.time,
      odd: this.time % 2 === 1,
      place: Float64Array.of(this.time, -0),
      parts: { control: -this.time, inner: { deep: Number.NaN } },
      ...(this.time === 2 && { rare: Number.POSITIVE_INFINITY }),
      ...(terminated && { is_success: 1, success: true }),
      name: 'a text',
      call: () => 1,
      'a/b': 1,
      'no name': 1,
    };
    return { observation: Float64Array.of(this.time), reward: 1, terminated, truncated: false, info };
  }

  render({ width = 3, height = 2 } = {}) {
    return { width, height, data: new Uint8Array(width * height * 3).fill(this.time) };
  }

  saveState() {
    return { length: this.length, time: this.time, episodes: this.episodes };
  }

  restoreState(state) {
    Object.assign(this, state);
  }

  close() {}
}

register({ id: 'Telling-v0', entryPoint: () => new TellingEnv(), module: import.meta.url });
