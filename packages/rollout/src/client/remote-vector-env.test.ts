import { describeVectorForm, driftModule } from '@understudy/gym/testing/vector-forms';
import { afterAll, beforeAll, describe } from 'vitest';
import { ThreadServer } from '../server/thread-server.ts';
import { connect, connectInProcess, type EnvironmentClient, type InProcessClient } from './index.ts';

const environments = [{ id: 'Drift-v0' }];

describe.each([
  ['the server in its own thread', { workers: 0 }],
  ['sessions in worker threads', { workers: 2 }],
])('a remote vector environment over TCP, %s', (_, options) => {
  let server: ThreadServer;
  let client: EnvironmentClient;
  beforeAll(async () => {
    server = await ThreadServer.start({ address: 'tcp://127.0.0.1:*', environments, module: driftModule, ...options });
    client = await connect(server.address);
  });
  afterAll(async () => {
    client.close();
    await server.stop();
  });
  describeVectorForm((wanted) => client.makeVector('Drift-v0', wanted));
});

describe('a remote vector environment in one process', () => {
  let here: InProcessClient;
  beforeAll(async () => {
    here = await connectInProcess({ environments, module: driftModule });
  });
  afterAll(() => here.close());
  describeVectorForm((wanted) => here.client.makeVector('Drift-v0', { ...wanted, recover: { everySteps: 7 } }));
});
