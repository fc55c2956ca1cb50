import type { AnyEnv } from '@understudy/training';

/** Name and version of the physics engine below an environment, for the record of a run; empty where there is none. */
export function engineVersions(env: AnyEnv): Record<string, string> {
  const { engine } = env.unwrapped as { engine?: { name?: unknown; version?: unknown } };
  if (typeof engine?.name !== 'string' || typeof engine.version !== 'string') return {};
  return { engine: engine.name, mujoco: engine.version };
}
