/** The event of each record of the ledger. Without names: events leave the box. */
import type { BoxEvent } from '../model/commands.ts';
import type { OrderRecord } from './record.ts';

/** Undefined for an unpaid order that was refused: nobody has to know, and there may be thousands. */
export function eventOf(record: OrderRecord): BoxEvent | undefined {
  const { kind, id: order, atMs } = record;
  if (record.kind === 'void') {
    return { type: 'order.void', severity: 'info', atMs, data: { order, reason: record.reason } };
  }
  const { drop, item, quantity, amount, currency, source } = record;
  const data = { order, drop, item, quantity, amount, currency, source };
  switch (record.kind) {
    case 'pending':
      return { type: `order.${kind}`, severity: 'info', atMs, data };
    case 'confirmed':
      return {
        type: `order.${kind}`,
        severity: 'info',
        atMs,
        data: { ...data, numbers: record.numbers },
      };
    case 'refused': {
      if (!record.isPaid) return undefined;
      const { reason, isPaid } = record;
      return {
        type: `order.${kind}`,
        severity: 'warning',
        atMs,
        data: { ...data, reason, isPaid },
      };
    }
  }
}
