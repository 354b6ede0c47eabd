/** Random plans for the network helper. */
import fc from 'fast-check';
import type { NetworkPlan } from '../../../../hal/network/plan.ts';

const device = fc.stringMatching(/^[a-z_][a-zA-Z0-9_.-]{0,14}$/).filter((name) => name !== 'lo');
const ports = fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 5 });
const rate = fc.integer({ min: 64_000, max: 10_000_000_000 });

/** With guests, crew, both or neither; no interface has two uses. */
export const plans: fc.Arbitrary<NetworkPlan> = fc
  .record({
    devices: fc.uniqueArray(device, { minLength: 3, maxLength: 3 }),
    hasGuests: fc.boolean(),
    hasCrew: fc.boolean(),
    hasVia: fc.boolean(),
    ...{ tcp: ports, udp: ports, upBps: rate, downBps: rate },
    dns: fc.ipV4(),
    spent: fc.uniqueArray(device, { maxLength: 3 }),
  })
  .map(({ devices, hasGuests, hasCrew, hasVia, tcp, udp, upBps, downBps, dns, spent }) => {
    const [guests = '', crew = '', via = ''] = devices;
    return {
      ...(hasGuests ? { guests: { device: guests, tcp, udp } } : {}),
      ...(hasCrew
        ? { crew: { device: crew, upBps, downBps, dns, spent, ...(hasVia ? { via } : {}) } }
        : {}),
    };
  });
