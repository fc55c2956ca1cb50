import { Dealer } from 'zeromq';
import { type Address, parseAddress } from './address.ts';
import { type ClientSocketOptions, commonOptions } from './socket-options.ts';
import { readGreeting } from './zmtp-greeting.ts';

/** How long one more connection is watched, in milliseconds. */
const WATCHED = 500;

/**
 * Why nobody answers at an address, as far as one more connection tells: libzmq itself is silent about refused keys.
 *
 * @param start - The command that starts what is missing.
 * @returns The end of a sentence that begins with "No server answered".
 */
export async function whySilent(options: ClientSocketOptions, start: string): Promise<string> {
  const nobody = `nobody listens there: start one (${start}) or correct the address`;
  const address = parseAddress(options.address);
  if (options.address.startsWith('inproc:')) return nobody;
  switch (await readGreeting(address, WATCHED)) {
    case 'unreachable':
      return nobody;
    case 'silent':
      return 'what listens there says nothing: correct the address, or restart it';
    case 'CURVE':
      return options.curve
        ? watchHandshake(options, address)
        : "the server there needs keys: give this client's key and the server's (--keys)";
    case 'NULL':
      return options.curve
        ? 'the server there has no keys: leave them out, or correct the address'
        : 'what listens there does not speak this protocol, or is stuck: correct the address, or restart it';
    default:
      return 'what listens there speaks another protocol than ZeroMQ: correct the address';
  }
}

/** What becomes of a handshake with keys. */
async function watchHandshake(options: ClientSocketOptions, address: Address): Promise<string> {
  const { curve } = options;
  const dealer = new Dealer({
    ...commonOptions(options, address),
    linger: 0,
    curveServerKey: curve?.serverKey,
    curvePublicKey: curve?.publicKey,
    curveSecretKey: curve?.secretKey,
  });
  const late = setTimeout(() => dealer.close(), WATCHED);
  // Before it connects, so that no event is missed.
  const { events } = dealer;
  dealer.connect(address.url);
  try {
    for await (const { type } of events) {
      if (type === 'handshake:error:auth') {
        return "the server there refuses this client's key: allow its public key there (understudy keys allow)";
      }
      if (type === 'handshake') return 'the server there is stuck, or does not speak this protocol: restart it';
      // A server closes the connection of who takes it for another.
      if (type === 'disconnect' || type.startsWith('handshake:error')) break;
    }
  } catch {
    // Closed while it was waited for, or broken in some other way: nothing more is to be learnt.
  } finally {
    clearTimeout(late);
    if (!dealer.closed) dealer.close();
  }
  return "the server there has another key than the one given as the server's: correct the key or the address";
}
