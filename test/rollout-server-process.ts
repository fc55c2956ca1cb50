import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EnvironmentServerOptions, ServerFigures } from '@understudy/rollout';

const script = fileURLToPath(new URL('scripts/environment-server.js', import.meta.url));

/** A server of environments in a process of its own, which can be stopped, killed and looked into. */
export class ServerProcess {
  readonly address: string;
  readonly child: ChildProcess;
  readonly log: string[];

  private constructor(child: ChildProcess, address: string, log: string[]) {
    this.child = child;
    this.address = address;
    this.log = log;
  }

  static async start(options: Partial<EnvironmentServerOptions> & { keys?: string }): Promise<ServerProcess> {
    const given = { address: 'tcp://127.0.0.1:*', environments: [{ id: 'CartPole-v1' }], ...options };
    const child = spawn(process.execPath, [script, JSON.stringify(given)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const log: string[] = [];
    createInterface(child.stderr!).on('line', (line) => {
      if (log.push(line) > 200) log.shift();
    });
    const first = once(createInterface(child.stdout!), 'line');
    const ended = once(child, 'exit').then(([status]) => {
      throw new Error(`The server ended with ${status}: ${log.join('\n')}`);
    });
    const [address] = (await Promise.race([first, ended])) as [string];
    ended.catch(() => {});
    return new ServerProcess(child, address, log);
  }

  /** Bytes of memory, and what the server counts. */
  async look(): Promise<{ memory: number; figures: ServerFigures }> {
    const answer = once(this.child, 'message');
    this.child.send('look');
    const [looked] = await answer;
    return looked;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.running) return this.child.exitCode;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    return (await exited)[0];
  }
}
