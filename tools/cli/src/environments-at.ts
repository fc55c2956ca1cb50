import type { EnvironmentHooks } from '@understudy/training';

/** What of a learner's configuration says which environments it steps. */
interface SteppedEnvironments {
  environment: string;
  environmentOptions: Record<string, unknown>;
  envs: number;
}

/**
 * Makes a training's environments on a server; one that is killed and started again loses no step.
 *
 * @throws InputError when no server answers at the address.
 */
export async function environmentsAt(
  address: string,
  { environment, environmentOptions, envs }: SteppedEnvironments,
): Promise<NonNullable<EnvironmentHooks['makeVectorEnv']>> {
  const { connect } = await import('@understudy/rollout');
  const client = await connect(address);
  // Vector environments have connections of their own; this one has shown that the server is there.
  client.close();
  return ({ count } = { count: envs }) =>
    client.makeVector(environment, { count, options: environmentOptions, autoresetMode: 'same-step', recover: true });
}
