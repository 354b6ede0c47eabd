import type { Rule } from './step.ts';

/** Modems and their SIM cards. */
export const MODEM_RULES: readonly Rule[] = [
  {
    key: 'sim-*-locked',
    severity: 'warning',
    afterMs: 5_000,
    holdMs: 1_000,
    advice: "Give the SIM card's PIN; a PUK needs the letter of its operator.",
    find: ({ box: { modems } }) =>
      modems.phase !== 'known'
        ? undefined
        : modems.modems
            .filter(({ sim }) => sim === 'pin' || sim === 'puk')
            .map(({ id, model, sim }) => ({
              id,
              text: `${model} asks for a ${sim.toUpperCase()}`,
            })),
  },
  {
    key: 'modems-unknown',
    severity: 'warning',
    afterMs: 15_000,
    holdMs: 5_000,
    advice: 'Check that ModemManager runs; with modems.driver at, the plugs and modems.at_ports.',
    find: ({ box: { modems } }) => {
      if (modems.phase === 'away') return `nothing is known of modems: ${modems.reason}`;
      if (modems.phase === 'absent' || modems.away === undefined) return undefined;
      return `nothing is known of some modems: ${modems.away.join('; ').slice(0, 160)}`;
    },
  },
];
