/**
 * How many rows of D4RL's maze2d data are made a second: ours, with its gzip'd HDF5 file, beside Python on MuJoCo's own
 * bindings that works as D4RL's script does and writes no file.
 *
 * node scripts/maze2d-data.js [--peers PYTHON] [--rows 50000] [--rounds 3] [--env maze2d-umaze-v1]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { d4rlMazes, maze2dModel, parseMaze, WaypointController } from '@understudy/env-maze2d';
import { make } from '@understudy/envs';
import { makeDataset, maze2dSource } from '@understudy/generate';
import { describeMachine } from '../dist/index.js';
import { startPeer } from '../dist/peer.js';
import { alternate } from '../dist/rounds.js';

const { values } = parseArgs({
  options: {
    peers: { type: 'string' },
    rows: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '3' },
    env: { type: 'string', default: 'maze2d-umaze-v1' },
  },
});
const rows = Number(values.rows);
const maxEpisodeSteps = { umaze: 300, medium: 600, large: 800 };
const name = values.env.split('-')[1];
const directory = mkdtempSync(join(tmpdir(), 'understudy-maze2d-data-'));
const env = await make(values.env);
const world = env.unwrapped;
const goal = world.target;
let seed = 0;
let meanLength = 0;
let peerLength = 0;

async function ours() {
  const file = join(directory, 'maze.hdf5');
  const source = maze2dSource({
    world,
    goal,
    maxEpisodeSteps: maxEpisodeSteps[name],
    rewardType: 'sparse',
    createController: (controllerSeed) => new WaypointController(world.maze, { seed: controllerSeed }),
  });
  const start = performance.now();
  const options = { name: values.env, file, seed: seed++, transitions: rows, options: {}, metadata: {} };
  const { returns } = await makeDataset(source, options);
  meanLength = returns.meanLength;
  return (1000 * rows) / (performance.now() - start);
}

let peer;
try {
  if (values.peers) {
    const model = join(directory, 'maze.xml');
    writeFileSync(model, maze2dModel(parseMaze(d4rlMazes[name])));
    peer = await startPeer(values.peers, 'maze2d_data.py', [model, d4rlMazes[name], String(maxEpisodeSteps[name])]);
  }
  const measurePeer = async () => {
    const answer = await peer.measure({ rows, seed });
    peerLength = answer.meanLength;
    return answer.rowsPerSecond;
  };
  const figures = await alternate(Number(values.rounds), ours, peer && measurePeer);
  const count = (value) => Math.round(value).toLocaleString('en-US');
  console.log(describeMachine());
  console.log(`${values.env}: ${count(figures.ours)} rows/s with the file, ${meanLength.toFixed(1)} rows an episode`);
  if (peer) {
    console.log(`${peer.name}: ${count(figures.peer)} rows/s without a file, ${peerLength.toFixed(1)} rows an episode`);
    console.log(`ratio ${figures.ratio.toFixed(1)}`);
  }
} finally {
  peer?.close();
  env.close();
  rmSync(directory, { recursive: true, force: true });
}
