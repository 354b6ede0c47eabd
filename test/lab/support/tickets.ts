/** The orders whose tickets the lab prints: buyers who call themselves by a printer's commands. */
import type { TicketOrder } from '../../../daemon/printing/job.ts';

/** Cut, reset, drawer, self-test, status, raster, ASB: each as a buyer's name. */
const NAMES = [
  'Ada',
  '\x1bm\x1bi\x1dV\x00\x1dVA\x10',
  '\x1b@\x1bc0\x10',
  '\x1bp\x00\x19\xfa\x10\x14\x01\x00\x01',
  '\x1d(A\x02\x00\x00\x02',
  '\x10\x04\x01\x10\x04\x04\x10\x05\x01',
  '\x1dv0\x00\x48\x00\xff\xff',
  '\x1da\xff\x1dr\x01\x1d(H\x06\x0000ABCD',
  '\x9bm\x90\x1cp\x01\x00\u202eevil\u2066',
  'Аня 🎸\x1b\x1d',
];

export function ticketOf(n: number): TicketOrder {
  const name = NAMES[n % NAMES.length] as string;
  return {
    ...{ seq: n + 1, orderId: `o${n}`, drop: 'lab', item: { id: 'print', name: 'Print' } },
    ...{ quantity: 1, numbers: [n + 1], name, atMs: Date.UTC(2026, 10, 29, 20, 15) },
  };
}
