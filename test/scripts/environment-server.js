/**
 * A server of environments for tests in processes of their own: `node environment-server.js '{"address": ...}'`, options
 * as of `EnvironmentServer.start`, and `keys`: a key directory. Prints its address, then serves until SIGTERM. A message
 * of its parent is answered by its memory and figures.
 */
import { make } from '@understudy/envs';
import { EnvironmentServer, loadServerKeys, RefusalLog, startZap } from '@understudy/rollout';

const { keys, ...options } = JSON.parse(process.argv[2]);
const log = (line) => process.stderr.write(`${line}\n`);
let curve;
if (keys !== undefined) {
  const { allowList, ...pair } = loadServerKeys(keys);
  await startZap({ allowList, log: new RefusalLog(log) });
  curve = pair;
}
const server = await EnvironmentServer.start({ ...options, make, curve, log });
process.stdout.write(`${server.address}\n`);
process.on('message', () => process.send({ memory: process.memoryUsage.rss(), figures: server.figures }));
process.on('SIGTERM', async () => {
  await server.drain({ seconds: 5 });
  process.exit(0);
});
