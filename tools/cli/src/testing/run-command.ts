import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command's file. */
export const bin = fileURLToPath(new URL('../../bin/understudy.js', import.meta.url));

/** How a command ended. */
export interface Ended {
  /** Exit status; null when a signal ended it. */
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A command under way. */
export interface Running {
  process: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves once stderr holds the text; rejects when the command ends before. */
  said(text: string): Promise<void>;
}

/** Starts the built command as its users do. */
export function startCommand(...argv: string[]): Running {
  return startScript(bin, ...argv);
}

/** Starts a script in Node. */
export function startScript(script: string, ...argv: string[]): Running {
  // As from a shell: the tests themselves may run under npm.
  const { npm_execpath: _, ...env } = process.env;
  const child = spawn(process.execPath, [script, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => stderr.includes(text) && resolve();
      child.stderr.on('data', look);
      look();
      ended.then(({ status }) => reject(new Error(`ended with ${status} without "${text}": ${stderr}`)));
    });
  return { process: child, ended, said };
}

/** Runs the built command to its end. */
export function runCommand(...argv: string[]): Promise<Ended> {
  return startCommand(...argv).ended;
}
