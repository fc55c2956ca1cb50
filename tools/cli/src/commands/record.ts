import { InputError } from '@understudy/errors';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { Interrupted } from '../error-policy.ts';
import { formatCount, formatFigure } from '../format.ts';
import { addClientKeyOptions, type ClientKeyFlags, checkKeysAreNeeded } from '../keys/client-keys.ts';
import { prepareOutputFile } from '../output-file.ts';
import { openTrainedRun } from '../trained-run.ts';
import { oneOf, wholeNumber } from '../values.ts';

interface RecordFlags extends ClientKeyFlags {
  episodes?: number;
  transitions?: number;
  out: string;
  dtype: 'float32' | 'float64';
  seed: number;
  env?: string;
  address?: string;
  best?: boolean;
  deterministic?: boolean;
  json?: boolean;
}

/** `understudy record`. */
export function addRecordCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('record <run>')
    .description('write demonstrations of a trained policy to a D4RL HDF5 file')
    .option('--episodes <n>', 'record so many whole episodes', wholeNumber('--episodes', 1))
    .option('--transitions <n>', 'record so many transitions', wholeNumber('--transitions', 1))
    .requiredOption('--out <file>', 'the file to write, name.hdf5')
    .option('--dtype <type>', 'float32 or float64', oneOf('--dtype', ['float32', 'float64']), 'float32')
    .option('--seed <n>', "seed of the environment's resets and the policy's samples", wholeNumber('--seed', 0), 0)
    .option('--env <id>', 'environment to record in; that of the run by default')
    .option('--address <address>', 'step the environment on a server there, see understudy serve')
    .option('--best', 'take the policy with the best training return instead of the last')
    .option('--deterministic', "take the distribution's mode instead of sampling")
    .option('--json', 'print one JSON object')
    .action((run: string, flags: RecordFlags) => recordRun(run, flags, context));
  addClientKeyOptions(command, 'the server at --address');
}

async function recordRun(run: string, flags: RecordFlags, context: CommandContext): Promise<void> {
  checkKeysAreNeeded(flags);
  const { episodes, transitions, out, dtype, seed, deterministic = false } = flags;
  if ((episodes === undefined) === (transitions === undefined)) {
    throw new InputError('How much to record is told by either --episodes or --transitions: give exactly one of them.');
  }
  prepareOutputFile(out);
  const { env: environmentId, best, address } = flags;
  const { policy, env } = await openTrainedRun(run, { environment: environmentId, best, address, keys: flags });
  const [{ recordEpisodes }, { writeD4rl }] = await Promise.all([
    import('@understudy/training'),
    import('@understudy/d4rl'),
  ]);
  const total = episodes ?? (transitions as number);
  const unit = episodes === undefined ? 'transitions' : 'episodes';
  const progress = context.startProgress({ label: 'record', total, unit });
  try {
    const recording = await recordEpisodes(policy, env, {
      episodes,
      transitions,
      seed,
      deterministic,
      precision: dtype,
      onProgress: (done) => progress.update(done[unit]),
      signal: context.interruption(),
    });
    progress.stop();
    if (recording.stopped) throw new Interrupted(`Stopped; ${out} was not written.`);
    const { algorithm, environment } = policy.metadata;
    const metadata = { algorithm, environment, seed, deterministic };
    const infos = Object.fromEntries(Object.entries(recording.infos).map(([name, { data }]) => [name, data]));
    await writeD4rl(out, { ...recording, infos }, { dtype, metadata });
    const { returns } = recording;
    const mean = returns.length > 0 ? returns.reduce((sum, value) => sum + value, 0) / returns.length : null;
    const written = {
      file: out,
      environment: env.id,
      episodes: returns.length,
      transitions: recording.transitions,
      meanReturn: mean,
    };
    if (flags.json) return context.print(JSON.stringify(written));
    const counts = `${formatCount(recording.transitions)} transitions of ${env.id}, ${returns.length} whole episodes`;
    context.print(`${out}: ${counts}${mean === null ? '' : `, mean return ${formatFigure(mean)}`}`);
  } finally {
    env.close();
  }
}
