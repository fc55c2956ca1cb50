import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addConvertCommand } from './convert.ts';
import { addDownloadCommand } from './download.ts';
import { addFixCommand } from './fix.ts';
import { addInspectCommand } from './inspect.ts';
import { addListCommand } from './list.ts';
import { addMakeCommand } from './make.ts';
import { addMinariCommands } from './minari.ts';
import { addVerifyCommand } from './verify.ts';

/** `understudy dataset`. */
export function addDatasetCommands(program: Command, context: CommandContext): void {
  const dataset = program.command('dataset').description('find, fetch, make, look into and convert recorded data');
  addListCommand(dataset, context);
  addDownloadCommand(dataset, context);
  addVerifyCommand(dataset, context);
  addFixCommand(dataset, context);
  addInspectCommand(dataset, context);
  addMakeCommand(dataset, context);
  addConvertCommand(dataset, context);
  addMinariCommands(dataset, context);
}
