import { make } from '@understudy/envs';
import type { RenderFrame } from '@understudy/gym';

const size = { width: 240, height: 180 };
const seed = 0;
/** Steps before the picture; enough to leave the start, few enough not to have fallen. */
const steps = 20;

/** An environment after some random steps, the same every time; null where it draws nothing. */
export async function environmentPicture(id: string): Promise<RenderFrame | null> {
  const env = await make<unknown, unknown>(id);
  env.actionSpace.seed(seed);
  env.reset({ seed });
  for (let step = 0; step < steps; step++) {
    const { terminated, truncated } = env.step(env.actionSpace.sample());
    if (terminated || truncated) break;
  }
  const frame = env.render(size);
  env.close();
  return frame;
}
