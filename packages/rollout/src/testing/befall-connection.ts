import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from './fault-proxy.ts';
import type { Fault } from './fault-schedule.ts';
import type { MessageProxy } from './message-proxy.ts';

/** What can befall a connection, whoever its ends are. */
export const connectionFaults = ['cut', 'refuse', 'stall', 'delay', 'swallow', 'truncate', 'messages'] as const;

/** The proxies that a connection goes through: one of bytes, one of messages. */
export interface ProxiedConnection {
  readonly proxy: FaultProxy;
  readonly messages: MessageProxy;
}

/** Lets a fault befall a connection. */
export async function befallConnection(
  { kind, milliseconds }: Pick<Fault<(typeof connectionFaults)[number]>, 'kind' | 'milliseconds'>,
  { proxy, messages }: ProxiedConnection,
): Promise<unknown> {
  switch (kind) {
    case 'cut':
      return proxy.cut();
    case 'refuse':
      return proxy.refuse(milliseconds);
    case 'stall':
      return proxy.stall(milliseconds);
    case 'delay':
      return proxy.delay(15, milliseconds);
    case 'swallow':
      return proxy.swallow(milliseconds);
    case 'truncate':
      return proxy.truncate();
    case 'messages':
      messages.faults = { duplicate: 0.2, drop: 0.1, delay: 0.2, truncate: 0.05 };
      await sleep(2 * milliseconds);
      messages.faults = { duplicate: 0, drop: 0, delay: 0, truncate: 0 };
  }
}
