import { setTimeout } from 'node:timers/promises';
import { Router } from 'zeromq';
import { zapDomain } from '../transport/socket-options.ts';
import { checkCurve, fingerprint } from './curve-key.ts';
import type { PublicKey } from './key-file.ts';
import { RefusalLog, type WriteLine } from './refusal-log.ts';
import { WatchedAllowList } from './watched-allow-list.ts';
import { encodeKey } from './z85.ts';
import { parseZapRequest, type ZapRequest } from './zap-request.ts';

/** The one place where libzmq looks for who may connect. */
const zapEndpoint = 'inproc://zeromq.zap.01';

/** Options of {@link startZap}. */
export interface ZapOptions {
  /** The directory that lists who may connect; one that isn't there allows nobody. */
  readonly allowList: string;
  /** Where refusals are told. */
  readonly log: RefusalLog | WriteLine;
  /**
   * Called when keys were revoked. libzmq asks only when a client connects: a server closes its socket and binds it anew
   * here, so that those who are still allowed come back and the others don't.
   */
  readonly onRevoked?: (keys: readonly PublicKey[]) => void;
  /** How often the directory is looked at for revoked keys, in milliseconds; 500 unless told. */
  readonly pollMilliseconds?: number;
}

/** Answers libzmq's questions who may connect (ZAP, RFC 27), from an allow-list of CURVE keys. */
export class ZapHandler {
  readonly allowList: string;
  readonly refusals: RefusalLog;
  readonly #router: Router;
  readonly #allowed: WatchedAllowList;
  readonly #done: Promise<void>;
  #closed = false;

  /** @see startZap */
  constructor(router: Router, { allowList, log, onRevoked, pollMilliseconds = 500 }: ZapOptions) {
    this.allowList = allowList;
    this.refusals = log instanceof RefusalLog ? log : new RefusalLog(log);
    this.#router = router;
    const tell = (reason: string) => this.refusals.add({ reason });
    this.#allowed = new WatchedAllowList(allowList, tell, onRevoked, pollMilliseconds);
    this.#done = this.#serve();
  }

  /** Stops answering: from then on no server of this process that needs keys lets anyone in. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (running === this) running = undefined;
    this.#allowed.close();
    this.#router.close();
    await this.#done;
  }

  async #serve(): Promise<void> {
    try {
      for await (const [peer, delimiter, ...frames] of this.#router) {
        const reply = delimiter?.length === 0 ? this.#answer(frames) : undefined;
        if (reply) await this.#router.send([peer, delimiter, ...reply]);
      }
    } catch (error) {
      // What is read or sent in the moment of closing fails in some way or other.
      if (!this.#closed) throw error;
    }
  }

  #answer(frames: Buffer[]): (Buffer | string)[] | undefined {
    const request = parseZapRequest(frames);
    if ('reason' in request) {
      this.refusals.add({ reason: request.reason });
      return request.id && answer(request.id, '500', 'Malformed request');
    }
    const refused = this.#judge(request);
    if (typeof refused !== 'string') return answer(request.id, '200', 'OK', refused.name);
    const key = request.publicKey && fingerprint(encodeKey(request.publicKey));
    this.refusals.add({ reason: refused, address: request.address, fingerprint: key });
    return answer(request.id, '400', 'Not allowed');
  }

  /** @returns who it is, or why it is not let in. */
  #judge({ domain, mechanism, publicKey }: ZapRequest): PublicKey | string {
    if (domain !== zapDomain) return `the domain ${JSON.stringify(domain)} is not ${zapDomain}`;
    if (!publicKey) return `the mechanism ${mechanism} shows no key`;
    return this.#allowed.find(encodeKey(publicKey)) ?? 'its key is not on the allow-list';
  }
}

function answer(id: Buffer, status: string, text: string, user = ''): (Buffer | string)[] {
  return ['1.0', id, status, text, user, ''];
}

/** The address exists once in a process, and so does its handler. */
let running: ZapHandler | undefined;

/**
 * Starts the handler that decides who may connect to this process's servers. It must run before the first server that has
 * keys is bound; there is one in a process.
 *
 * @throws InputError when the ZeroMQ library has no CURVE.
 * @throws Error when one runs already.
 */
export async function startZap(options: ZapOptions): Promise<ZapHandler> {
  checkCurve();
  if (running) throw new Error(`A ZAP handler runs already, for ${running.allowList}; there is one in a process.`);
  const router = new Router({ linger: 0, mandatory: false, sendTimeout: 0 });
  try {
    await bindWhenFree(router);
  } catch (error) {
    router.close();
    throw error;
  }
  running = new ZapHandler(router, options);
  return running;
}

/** A handler that was just closed frees the address a moment later: libzmq closes sockets in a thread of its own. */
async function bindWhenFree(router: Router): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await router.bind(zapEndpoint);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === 100) throw error;
      await setTimeout(10);
    }
  }
}
