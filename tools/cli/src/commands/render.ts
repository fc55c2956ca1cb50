import { existsSync } from 'node:fs';
import { extname, sep } from 'node:path';
import { InputError } from '@understudy/errors';
import type { RenderFrame, RenderOptions } from '@understudy/gym';
import type { AnyEnv } from '@understudy/training';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { makeAt } from '../environments-at.ts';
import { Interrupted } from '../error-policy.ts';
import { formatCount, formatFigure } from '../format.ts';
import { addClientKeyOptions, type ClientKeyFlags, checkKeysAreNeeded } from '../keys/client-keys.ts';
import { prepareOutputFile } from '../output-file.ts';
import { type Actor, randomActor, runActor, zeroActor } from '../render/actors.ts';
import { animationTiming, rolloutSteps, stripSteps } from '../render/timing.ts';
import { openTrainedRun } from '../trained-run.ts';
import { oneOf, positiveNumber, wholeNumber } from '../values.ts';

interface RenderFlags extends ClientKeyFlags {
  out: string;
  steps?: number;
  seconds?: number;
  seed: number;
  size?: string;
  address?: string;
  camera?: string;
  fps?: number;
  every?: number;
  frames: number;
  columns?: number;
  policy: 'random' | 'zero';
  best?: boolean;
  json?: boolean;
}

/** Bytes of pictures that are kept before they are written. */
const memoryLimit = 2e9;

/** `understudy render`. */
export function addRenderCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('render <run-or-id>')
    .description("draw a trained run's policy, or an environment, as an animation (.gif) or a film strip (.png)")
    .requiredOption('--out <file>', 'the file to write, name.gif or name.png')
    .option('--steps <n>', "environment steps to draw; 5 seconds' worth by default", wholeNumber('--steps', 1))
    .option('--seconds <x>', 'simulated seconds to draw', positiveNumber('--seconds'))
    .option('--seed <n>', 'seed of the first reset and of random actions', wholeNumber('--seed', 0), 0)
    .option('--size <WxH>', "pixels of a picture; 256x256, or a server's own choice, by default")
    .option('--camera <name>', "the environment's camera: track, overview, or one of its model")
    .option('--fps <x>', 'pictures a second of an animation; real time by default', positiveNumber('--fps'))
    .option('--every <n>', 'draw every so many steps of an animation', wholeNumber('--every', 1))
    .option('--frames <n>', 'pictures of a film strip, spread over the steps', wholeNumber('--frames', 1), 8)
    .option('--columns <n>', 'pictures in a row of a film strip; all by default', wholeNumber('--columns', 1))
    .option(
      '--policy <name>',
      "an environment's actions: random or zero",
      oneOf('--policy', ['random', 'zero']),
      'random',
    )
    .option('--address <address>', 'step the environment on a server there, see understudy serve')
    .option('--best', "take a run's policy with the best training return instead of the last")
    .option('--json', 'print one JSON object')
    .action((source: string, flags: RenderFlags) => renderSource(source, flags, context));
  addClientKeyOptions(command, 'the server at --address');
}

async function renderSource(source: string, flags: RenderFlags, context: CommandContext): Promise<void> {
  checkKeysAreNeeded(flags);
  const { out, seed } = flags;
  const animated = isAnimation(out);
  const size = flags.size === undefined && flags.address !== undefined ? undefined : parseSize(flags.size ?? '256x256');
  if (flags.steps !== undefined && flags.seconds !== undefined) {
    throw new InputError('How much to draw is told by --steps or --seconds: give one of them.');
  }
  const { checkPictureSize, encodeGif, encodePng, filmStrip } = await import('@understudy/render');
  if (size) checkPictureSize(size.width, size.height);
  const { env, actor } = await openSource(source, flags);
  try {
    const { renderFps = 30 } = env.metadata;
    const steps = rolloutSteps(flags, renderFps);
    const timing = animated ? animationTiming(steps, renderFps, flags) : { ...stripSteps(steps, flags.frames), fps: 0 };
    if (size) checkMemory(timing.steps.length, size);
    prepareOutputFile(out);
    const options: RenderOptions = { ...size, ...(flags.camera === undefined ? {} : { camera: flags.camera }) };
    const pictures = await drawRollout(env, actor, timing.steps, seed, options, out, context);
    const bytes = animated
      ? encodeGif(pictures, { fps: timing.fps })
      : encodePng(filmStrip(pictures, { columns: flags.columns }));
    const { writeFileAtomically } = await import('@understudy/training');
    writeFileAtomically(out, bytes);
    const summary = {
      file: out,
      environment: env.id,
      policy: actor.name,
      seed,
      steps,
      frames: pictures.length,
      width: pictures[0].width,
      height: pictures[0].height,
      ...(animated ? { fps: timing.fps } : {}),
      bytes: bytes.length,
    };
    if (flags.json) return context.print(JSON.stringify(summary));
    const rate = animated ? ` at ${formatFigure(timing.fps)} a second` : '';
    context.print(
      `${out}: ${formatCount(pictures.length)} pictures of ${env.id}, ${formatCount(steps)} steps${rate}, ` +
        `${formatFigure(bytes.length / 1e6)} MB`,
    );
  } finally {
    env.close();
  }
}

/** Steps an environment along and draws it after the given numbers of steps; the next episode follows an ended one. */
async function drawRollout(
  env: AnyEnv,
  actor: Actor,
  steps: readonly number[],
  seed: number,
  options: RenderOptions,
  out: string,
  context: CommandContext,
): Promise<RenderFrame[]> {
  const { yieldToEvents } = await import('@understudy/training');
  const progress = context.startProgress({ label: 'render', total: steps.length, unit: 'frames' });
  const signal = context.interruption();
  const pictures: RenderFrame[] = [];
  let { observation } = env.reset({ seed });
  let ended = false;
  let taken = 0;
  for (const step of steps) {
    for (; taken < step; taken++) {
      if (ended) observation = env.reset().observation;
      const result = env.step(actor.act(observation));
      observation = result.observation;
      ended = result.terminated || result.truncated;
    }
    const picture = env.render(options);
    if (picture === null) throw new InputError(`${env.id} has no pictures; "understudy env list" prints what there is`);
    if (pictures.length === 0) checkMemory(steps.length, picture);
    pictures.push(picture);
    progress.update(pictures.length);
    await yieldToEvents();
    if (signal.aborted) {
      progress.stop();
      throw new Interrupted(`Stopped; ${out} was not written.`);
    }
  }
  progress.stop();
  return pictures;
}

/** What is on disk, or looks like a path, is a run; anything else is an environment's id. */
async function openSource(source: string, flags: RenderFlags): Promise<{ env: AnyEnv; actor: Actor }> {
  if (existsSync(source) || source.includes(sep)) {
    const { policy, env } = await openTrainedRun(source, { best: flags.best, address: flags.address, keys: flags });
    return { env, actor: runActor(policy, env) };
  }
  const env = await makeEnv(source, flags);
  return { env, actor: flags.policy === 'zero' ? zeroActor(env) : randomActor(env, flags.seed) };
}

async function makeEnv(id: string, { address, ...keys }: RenderFlags): Promise<AnyEnv> {
  if (address !== undefined) return makeAt({ address, id, options: {}, keys });
  const { make } = await import('@understudy/envs');
  return make<unknown, unknown>(id);
}

function isAnimation(out: string): boolean {
  const extension = extname(out).toLowerCase();
  if (extension === '.gif' || extension === '.png') return extension === '.gif';
  throw new InputError(`--out is a file name.gif (animation) or name.png (film strip), but was "${out}".`);
}

function parseSize(text: string): { width: number; height: number } {
  const match = /^(\d+)x(\d+)$/i.exec(text.trim());
  if (match === null) throw new InputError(`--size is WIDTHxHEIGHT in pixels, as in 256x256, but was "${text}".`);
  return { width: Number(match[1]), height: Number(match[2]) };
}

function checkMemory(frames: number, { width, height }: { width: number; height: number }): void {
  const bytes = frames * width * height * 3;
  if (bytes <= memoryLimit) return;
  throw new InputError(
    `${formatCount(frames)} pictures of ${width}x${height} take ${formatFigure(bytes / 1e9)} GB: ` +
      `draw fewer (--steps, --every, --frames) or smaller ones (--size)`,
  );
}
