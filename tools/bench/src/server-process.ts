import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServeProcessMessage, ServeProcessOptions } from './serve-process.ts';

/** What a server's process holds. */
export type ServerProcessFigures = Exclude<ServeProcessMessage, { address: string }>;

/** A server of environments in a process of its own, as on another machine. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly address: string;

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
  }

  static async start(options: ServeProcessOptions): Promise<ServerProcess> {
    // A process runs what is built.
    const file = new URL(
      import.meta.url.endsWith('.ts') ? '../dist/serve-process.js' : './serve-process.js',
      import.meta.url,
    );
    const child = fork(fileURLToPath(file), [JSON.stringify(options)], {
      execArgv: ['--expose-gc'],
    });
    const ended = once(child, 'exit').then(([status]) => {
      throw new Error(`The server's process ended with status ${status} as it began.`);
    });
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [{ address: string }];
    ended.catch(() => {});
    return new ServerProcess(child, message.address);
  }

  async figures(): Promise<ServerProcessFigures> {
    const answer = once(this.#child, 'message');
    this.#child.send('figures');
    const [figures] = (await answer) as [ServerProcessFigures];
    return figures;
  }

  close(): void {
    this.#child.kill();
  }
}
