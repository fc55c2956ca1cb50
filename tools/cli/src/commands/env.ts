import type { MakeOptions } from '@understudy/gym';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { exitStatus } from '../error-policy.ts';
import { formatFigure, formatTable } from '../format.ts';
import { positiveNumber } from '../values.ts';
import { engineVersions } from '../versions.ts';

/** Largest difference from a reference that counts as equal, unless told. */
const defaultTolerance = 1e-6;

interface CheckFlags {
  reference?: string;
  tolerance: number;
  engine?: string;
  json?: boolean;
}

/** `understudy env list|check`. */
export function addEnvCommands(program: Command, context: CommandContext): void {
  const env = program.command('env').description('list environments and hold them against references');
  env
    .command('list')
    .description('print all environments with their spaces and time limits')
    .option('--json', 'print a JSON array')
    .action((flags: { json?: boolean }) => listEnvironments(flags, context));
  env
    .command('check <id>')
    .description(
      "check an environment's contract, or one step at a time against recorded rollouts of another simulator",
    )
    .option('--reference <file>', 'rollouts to compare with, name.json.gz; exits 1 beyond the tolerance')
    .option(
      '--tolerance <x>',
      'largest difference that counts as equal',
      positiveNumber('--tolerance'),
      defaultTolerance,
    )
    .option('--engine <name>', 'physics engine: mujoco-js or @mujoco/mujoco')
    .option('--json', 'print one JSON object')
    .action((id: string, flags: CheckFlags) => checkEnvironment(id, flags, context));
}

/** What `env list` tells of one environment. */
interface EnvironmentFacts {
  id: string;
  /** As Gymnasium prints it: `Box(-inf, inf, (17,), float64)`. */
  observationSpace: string;
  actionSpace: string;
  /** Steps after which an episode is truncated; null when it never is. */
  maxEpisodeSteps: number | null;
}

async function listEnvironments(flags: { json?: boolean }, context: CommandContext): Promise<void> {
  const { environmentIds, make } = await import('@understudy/envs');
  const facts: EnvironmentFacts[] = [];
  for (const id of environmentIds()) {
    const env = await make(id);
    const { observationSpace, actionSpace, metadata } = env;
    facts.push({
      id,
      observationSpace: String(observationSpace),
      actionSpace: String(actionSpace),
      maxEpisodeSteps: metadata.maxEpisodeSteps ?? null,
    });
    env.close();
  }
  if (flags.json) return context.print(JSON.stringify(facts));
  const rows = facts.map(({ id, observationSpace, actionSpace, maxEpisodeSteps }) => [
    id,
    observationSpace,
    actionSpace,
    maxEpisodeSteps ?? 'none',
  ]);
  context.print(formatTable(['id', 'observation', 'action', 'time limit'], rows));
}

async function checkEnvironment(id: string, flags: CheckFlags, context: CommandContext): Promise<void> {
  const { make } = await import('@understudy/envs');
  const options = flags.engine === undefined ? {} : { engine: flags.engine };
  if (flags.reference === undefined) return checkContract(id, options, flags, context);
  const { checkAgainstReference, readJsonFile } = await import('@understudy/mujoco');
  const reference = readJsonFile(flags.reference);
  const env = await make(id, options);
  try {
    const check = checkAgainstReference(reference, env);
    const { maxError, resetError, flagsEqual } = check;
    const within = flagsEqual && [...Object.values(maxError), resetError].every((error) => error <= flags.tolerance);
    if (!within) context.setExitStatus(exitStatus.beyondTolerance);
    if (flags.json) return context.print(JSON.stringify(check));
    const errors = Object.entries({ ...maxError, reset: resetError }).map(([name, e]) => `${name} ${formatFigure(e)}`);
    context.print(
      `${id} on ${check.engine}: ${within ? 'equal' : 'NOT equal'} to the reference over ${check.steps} steps`,
    );
    context.print(`largest differences: ${errors.join(', ')}; flags ${flagsEqual ? 'equal' : 'NOT equal'}`);
  } finally {
    env.close();
  }
}

/** Without a reference: whether the environment keeps the contract that learners rely on. */
async function checkContract(
  id: string,
  options: MakeOptions,
  flags: CheckFlags,
  context: CommandContext,
): Promise<void> {
  const [{ checkEnv }, { make }] = await Promise.all([import('@understudy/gym'), import('@understudy/envs')]);
  const env = await make<unknown, unknown>(id, options);
  const { engine } = engineVersions(env);
  const failures = checkEnv(env);
  if (failures.length > 0) context.setExitStatus(exitStatus.beyondTolerance);
  if (flags.json) return context.print(JSON.stringify({ id, engine, failures }));
  for (const failure of failures) context.print(failure);
  const verdict = failures.length === 0 ? 'keeps the contract' : `breaks the contract in ${failures.length} ways`;
  context.print(`${id}${engine ? ` on ${engine}` : ''} ${verdict}`);
}
