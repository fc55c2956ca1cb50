import { Command } from 'commander';
import { addBenchCommands } from './commands/bench.ts';
import { addDatasetCommands } from './commands/dataset/index.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEnvCommands } from './commands/env.ts';
import { addEvalCommand } from './commands/eval.ts';
import { addExpertCommand } from './commands/expert.ts';
import { addInferCommand } from './commands/infer.ts';
import { addKeysCommands } from './commands/keys.ts';
import { addPlayCommand } from './commands/play.ts';
import { addQuickstartCommand } from './commands/quickstart.ts';
import { addRecordCommand } from './commands/record.ts';
import { addRenderCommand } from './commands/render.ts';
import { addReportCommand } from './commands/report.ts';
import { addServeCommand } from './commands/serve.ts';
import { addTrainCommands } from './commands/train.ts';
import { addWorkerCommand } from './commands/worker.ts';
import type { CommandContext } from './context.ts';
import { packageVersion } from './package-version.ts';
import type { DefaultSettings } from './settings-help.ts';

/**
 * Every command of `understudy`. Commands import the libraries they need when they run, so that `--help` is quick.
 *
 * @param settings - The algorithms' settings, for the help of `train`.
 */
export function createProgram(context: CommandContext, settings?: DefaultSettings): Command {
  const program = new Command('understudy');
  program
    .description('Reinforcement and imitation learning on MuJoCo environments.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print what a command does and takes')
    .exitOverride()
    // Complaints are written by the error policy, as one sentence.
    .configureOutput({ writeOut: (text) => context.print(text.replace(/\n$/, '')), writeErr: () => {} })
    .addHelpText('after', examples);
  addQuickstartCommand(program, context);
  addTrainCommands(program, context, settings);
  addEvalCommand(program, context);
  addRecordCommand(program, context);
  addExpertCommand(program, context);
  addRenderCommand(program, context);
  addPlayCommand(program, context);
  addEnvCommands(program, context);
  addServeCommand(program, context);
  addKeysCommands(program, context);
  addWorkerCommand(program, context);
  addInferCommand(program, context);
  addDatasetCommands(program, context);
  addReportCommand(program, context);
  addBenchCommands(program, context);
  addDoctorCommand(program, context);
  return program;
}

const examples = `
Examples:
  understudy quickstart                                               expert, demonstrations, clone, report
  understudy train ppo --env Hopper-v5 --steps 300000 --out runs/hopper
  understudy eval runs/hopper --episodes 20
  understudy record runs/hopper --episodes 50 --out hopper.hdf5
  understudy train bc --dataset hopper.hdf5 --env Hopper-v5 --out runs/hopper-clone
  understudy render runs/hopper --out hopper.gif
  understudy report runs/hopper`;
