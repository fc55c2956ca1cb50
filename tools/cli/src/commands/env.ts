import type { EnvironmentFacts } from '@understudy/docs';
import { InputError, nearestNames } from '@understudy/errors';
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

/** `understudy env list|show|check`. */
export function addEnvCommands(program: Command, context: CommandContext): void {
  const env = program.command('env').description('list environments and hold them against references');
  env
    .command('list [name]')
    .description('print all environments, or those with a name in their id or package, with spaces and time limits')
    .option('--json', 'print a JSON array, with options and descriptions')
    .action((name: string | undefined, flags: { json?: boolean }) => listEnvironments(name, flags, context));
  env
    .command('show <id>')
    .description('print what an environment is: task, spaces, reward, options, origin')
    .option('--json', 'print one JSON object')
    .action((id: string, flags: { json?: boolean }) => showEnvironment(id, flags, context));
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

async function listEnvironments(
  name: string | undefined,
  flags: { json?: boolean },
  context: CommandContext,
): Promise<void> {
  const facts = await findFacts(name);
  if (flags.json) return context.print(JSON.stringify(facts));
  const rows = facts.map(({ id, observationSize, actionSize, maxEpisodeSteps, description }) => [
    id,
    `${observationSize}`,
    actionSize,
    `${maxEpisodeSteps ?? 'none'}`,
    description?.task ?? '',
  ]);
  context.print(formatTable(['id', 'observation', 'action', 'time limit', 'task'], rows));
}

/** Facts of the environments with a name in their id or the folder of their package; letter case doesn't matter. */
async function findFacts(name = ''): Promise<EnvironmentFacts[]> {
  const [{ environmentIds }, { environmentFacts, environmentFamily }] = await Promise.all([
    import('@understudy/envs'),
    import('@understudy/docs'),
  ]);
  const typed = name.toLowerCase();
  const facts: EnvironmentFacts[] = [];
  for (const id of environmentIds()) {
    const named = id.toLowerCase().includes(typed) || (await environmentFamily(id)).includes(typed);
    if (named) facts.push(await environmentFacts(id));
  }
  if (facts.length > 0) return facts;
  const near = nearestNames(name, environmentIds());
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : '"understudy env list" prints all';
  throw new InputError(`no environment has "${name}" in its name; ${hint}`);
}

async function showEnvironment(id: string, flags: { json?: boolean }, context: CommandContext): Promise<void> {
  const { environmentFacts } = await import('@understudy/docs');
  const facts = await environmentFacts(id);
  if (flags.json) return context.print(JSON.stringify(facts));
  const { observationSpace, actionSpace, maxEpisodeSteps, rewardThreshold, engine, options, description } = facts;
  const { task, observation, action, reward, origin, differences } = description ?? {};
  const lines: [name: string, text: string | undefined][] = [
    ['observation', observation],
    ['', observationSpace],
    ['action', action],
    ['', actionSpace],
    ['reward', reward],
    ['time limit', maxEpisodeSteps === null ? 'none' : `${maxEpisodeSteps} steps`],
    ['solved at', rewardThreshold === null ? undefined : formatFigure(rewardThreshold)],
    ['engine', engine ?? 'none'],
    ['options', [...options, 'maxEpisodeSteps'].join(', ')],
    ['origin', origin],
    ['differences', differences],
  ];
  context.print(task === undefined ? id : `${id}: ${task}`);
  for (const [name, text] of lines) if (text !== undefined) context.print(`${name.padEnd(11)}  ${text}`);
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
