import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure, type RequestOptions as NodeOptions } from 'node:https';
import { InputError } from '@understudy/errors';

/** The connection broke, stalled or the server is overloaded: worth another attempt. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
}

/** This server will not give the file: another may. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Options of {@link request}. */
export interface RequestOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds that nothing may arrive for. */
  readonly idleSeconds: number;
  readonly signal?: AbortSignal;
}

/** An answer whose body is still to come. */
export interface Answer {
  readonly status: number;
  header(name: string): string | undefined;
  /** @throws Interruption when it ends too early or nothing arrives. */
  body(): AsyncGenerator<Uint8Array>;
  /** Ends the connection. */
  discard(): void;
}

const MAX_REDIRECTS = 5;

/**
 * Sends a GET and follows redirects.
 *
 * @throws Interruption, Refusal, or the signal's reason.
 */
export async function request(address: URL, options: RequestOptions): Promise<Answer> {
  let url = address;
  for (let redirects = 0; ; redirects++) {
    const answer = await send(url, options);
    if (![301, 302, 303, 307, 308].includes(answer.status)) return answer;
    answer.discard();
    const location = answer.header('location');
    if (location === undefined) throw new Refusal('it redirects to nowhere');
    if (redirects === MAX_REDIRECTS) throw new Refusal(`it redirects more than ${MAX_REDIRECTS} times`);
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next === undefined || !/^https?:$/.test(next.protocol)) throw new Refusal('it redirects to no web address');
    if (url.protocol === 'https:' && next.protocol === 'http:') throw new Refusal('it redirects to an open connection');
    url = next;
  }
}

/** A base URL without the slashes at its end. @throws InputError when it is none of http or https. */
export function checkBaseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '');
  throw new InputError(`"${text}" is no base URL, so give one that begins with http:// or https://.`);
}

function send(url: URL, { headers, idleSeconds, signal }: RequestOptions): Promise<Answer> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const wanted: NodeOptions = { agent: false, headers: { 'accept-encoding': 'identity', ...headers } };
    const sent = url.protocol === 'https:' ? getSecure(url.href, wanted) : getPlain(url.href, wanted);
    // A destroyed request tells its body only that the connection broke.
    const cause: { error?: Error } = {};
    const fail = (error: Error) => {
      cause.error = error;
      sent.destroy(error);
    };
    const timer = setTimeout(() => fail(new Interruption(`nothing arrived for ${idleSeconds} s`)), 1000 * idleSeconds);
    const abort = () => fail(signal?.reason instanceof Error ? signal.reason : new Error('stopped'));
    signal?.addEventListener('abort', abort, { once: true });
    sent.on('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    });
    sent.on('error', (error) => reject(asInterruption(error, signal)));
    sent.on('response', (message) => {
      timer.refresh();
      resolve(answerOf(message, timer, (error) => cause.error ?? asInterruption(error, signal)));
    });
  });
}

function answerOf(message: IncomingMessage, timer: NodeJS.Timeout, explain: (error: Error) => Error): Answer {
  return {
    status: message.statusCode ?? 0,
    header: (name) => {
      const value = message.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    async *body() {
      try {
        for await (const bytes of message) {
          timer.refresh();
          yield bytes as Uint8Array;
        }
      } catch (error) {
        throw explain(error as Error);
      }
      if (!message.complete) throw new Interruption('the connection was cut');
    },
    discard: () => message.destroy(),
  };
}

function asInterruption(error: Error, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return signal.reason;
  if (error instanceof Interruption) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new Interruption('its name is not known');
  if (code === 'ECONNREFUSED') return new Interruption('it does not answer');
  return new Interruption(`the connection broke${code ? ` (${code})` : ''}`);
}
