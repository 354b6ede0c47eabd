/** What keeps a network from being open, by what failed. Pure. */
import type { Reply } from '../../hal/network/plan.ts';
import { HalError } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { NetworkFault } from '../model/hotspot.ts';

export interface Failure {
  readonly code: NetworkFault;
  readonly reason: string;
}

/** A request to the helper was not answered. */
export function helperFailure(error: unknown): Failure {
  const code = error instanceof HalError ? error.code : 'IO';
  const reason = messageOf(error);
  if (code === 'NOT_FOUND') return { code: 'NO_HELPER', reason };
  return { code: code === 'NOT_PERMITTED' ? 'NOT_PERMITTED' : 'NO_ANSWER', reason };
}

/** NetworkManager did not open a network. */
export function openingFailure(error: unknown): Failure {
  const code = error instanceof HalError ? error.code : 'IO';
  const isNoDevice = code === 'NOT_FOUND' || code === 'UNSUPPORTED';
  return { code: isNoDevice ? 'NO_DEVICE' : 'NOT_OPENED', reason: messageOf(error) };
}

/** Once guests are held back, these keep only the crew's network from being opened. */
const CREW_ONLY: readonly NetworkFault[] = ['SHAPER_TAKEN', 'QUEUES_REFUSED', 'ROUTES_REFUSED'];

export function failureOf(reply: Reply, role: 'guests' | 'crew'): Failure | undefined {
  if (reply.ok) return undefined;
  const { code, reason } = reply;
  return role === 'guests' && CREW_ONLY.includes(code) ? undefined : { code, reason };
}
