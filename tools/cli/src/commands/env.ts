import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { exitStatus } from '../error-policy.ts';
import { formatFigure } from '../format.ts';

/** Largest difference from a reference that counts as equal. */
const tolerance = 1e-6;

interface CheckFlags {
  reference?: string;
  engine?: string;
  json?: boolean;
}

/** `understudy env list|check`. */
export function addEnvCommands(program: Command, context: CommandContext): void {
  const env = program.command('env').description('list environments and hold them against references');
  env
    .command('list')
    .description('print the ids of all environments')
    .option('--json', 'print a JSON array')
    .action((flags: { json?: boolean }) => listEnvironments(flags, context));
  env
    .command('check <id>')
    .description("check an environment's contract, or one step at a time against recorded rollouts of another simulator")
    .option('--reference <file>', 'rollouts to compare with, name.json.gz; exits 1 beyond 1e-6')
    .option('--engine <name>', 'physics engine: mujoco-js or @mujoco/mujoco')
    .option('--json', 'print one JSON object')
    .action((id: string, flags: CheckFlags) => checkEnvironment(id, flags, context));
}
