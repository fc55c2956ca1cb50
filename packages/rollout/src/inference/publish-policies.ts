import { InputError } from '@understudy/errors';
import type { PolicySpec } from '@understudy/training';
import { TimeoutError } from '../client/timeout-error.ts';
import type { PublishedInference } from '../collection/learner-options.ts';
import type { ForwardElsewhere } from '../collection/worker-options.ts';
import type { InferenceClient } from './inference-client.ts';

/**
 * Lets a learner's workers ask an inference server for the network's outputs.
 *
 * @param address - Of the server, as workers reach it.
 * @param model - No other learner's.
 * @param actor - The network's form; observations come normalised.
 */
export function publishPolicies(
  client: InferenceClient,
  { address, model, actor }: { address: string; model: string; actor: PolicySpec },
): PublishedInference {
  return {
    address,
    model,
    async publish({ version, tensors }) {
      try {
        await client.publish(model, version, actor, tensors);
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        throw new InputError(`${error.message} Start it again, and go on with the run by --resume.`);
      }
    },
    serves: (name) => name.startsWith('actor.'),
  };
}

/** What a worker's collectors ask for outputs. */
export function forwardElsewhere(client: InferenceClient, model: string): ForwardElsewhere {
  return async (version, observations, count) => (await client.infer(model, observations, count, version)).outputs;
}
