import { createConnection } from 'node:net';
import type { Address } from './address.ts';
import { placeOf } from './place.ts';

/** What the other side says before any handshake: how it wants it, that it isn't there, or nothing that ZeroMQ says. */
export type Greeting = 'NULL' | 'PLAIN' | 'CURVE' | 'unreachable' | 'silent' | 'other';

/** The signature and the version, 3.0, of ZMTP: enough for the other side to send the whole of its own greeting. */
const hello = Buffer.from('ff00000000000000017f0300', 'hex');
/** Where the name of the mechanism stands in a greeting. */
const mechanism = { start: 12, end: 32 };

/**
 * Asks who listens at an address which mechanism ZeroMQ is to use there (ZMTP 3, RFC 23).
 *
 * @param milliseconds - How long the other side may take.
 */
export function readGreeting(address: Address, milliseconds: number): Promise<Greeting> {
  const place = placeOf(address);
  if (place === undefined) return Promise.resolve('unreachable');
  const socket = createConnection(place);
  let received = Buffer.alloc(0);
  return new Promise((resolve) => {
    const end = (greeting: Greeting) => {
      clearTimeout(late);
      socket.destroy();
      resolve(greeting);
    };
    const late = setTimeout(
      () => end(socket.connecting ? 'unreachable' : received.length > 0 ? 'other' : 'silent'),
      milliseconds,
    );
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received[0] !== 0xff) end('other');
      else if (received.length >= mechanism.end) end(mechanismIn(received));
    });
    let connected = false;
    socket.once('connect', () => {
      connected = true;
      socket.write(hello);
    });
    socket.on('error', () => end(connected ? 'other' : 'unreachable'));
    socket.on('end', () => end('other'));
  });
}

function mechanismIn(greeting: Buffer): Greeting {
  const name = greeting.toString('latin1', mechanism.start, mechanism.end).replace(/\0+$/, '');
  return name === 'NULL' || name === 'PLAIN' || name === 'CURVE' ? name : 'other';
}
