import type { PinFault } from '../model/snapshot.ts';
import type { Rule } from './step.ts';

/** Modems and their SIM cards. */
export const MODEM_RULES: readonly Rule[] = [
  {
    key: 'sim-*-locked',
    severity: 'warning',
    // A PIN of the config is on its way.
    afterMs: 15_000,
    holdMs: 1_000,
    advice: 'Name a file with its PIN in modems.pin_files; a PUK needs the letter of its operator.',
    find: ({ box: { modems, modemMaintenance = [] } }) =>
      modems.phase !== 'known'
        ? undefined
        : modems.modems
            .filter(({ sim }) => sim === 'pin' || sim === 'puk')
            .filter(({ id }) => !modemMaintenance.some((care) => care.id === id && care.pin))
            .map(({ id, model, sim }) => ({
              id,
              text: `${model} asks for a ${sim.toUpperCase()}`,
            })),
  },
  {
    key: 'sim-*-pin-missing',
    severity: 'warning',
    afterMs: 2_000,
    holdMs: 1_000,
    advice: "Put the SIM card's PIN into a file, and name the file in modems.pin_files.",
    find: pinFaults('missing'),
  },
  {
    key: 'sim-*-pin-wrong',
    severity: 'warning',
    afterMs: 0,
    holdMs: 1_000,
    advice: 'Write the right PIN into that file (modems.pin_files); it is tried again then.',
    find: pinFaults('wrong'),
  },
  {
    key: 'sim-*-pin-kept',
    severity: 'warning',
    afterMs: 0,
    holdMs: 1_000,
    advice: 'Unlock the SIM card in a phone, and put its PIN into the file of modems.pin_files.',
    find: pinFaults('kept'),
  },
  {
    key: 'sim-*-over-budget',
    severity: 'warning',
    afterMs: 0,
    holdMs: 0,
    advice: 'Other programs used it too. Raise its budget, or take another SIM card.',
    find: ({ box: { modemMaintenance = [] } }) =>
      modemMaintenance
        .filter(({ usedBytes = 0, budgetBytes = Infinity }) => usedBytes >= budgetBytes)
        .map(({ id, model }) => ({
          id,
          text: `the SIM of ${model} has carried more than its link's data budget`,
        })),
  },
  {
    key: 'modem-*-lost',
    severity: 'warning',
    afterMs: 0,
    holdMs: 5_000,
    advice: 'Check its antenna, SIM card and plug. modems.reset: false ends the resets.',
    find: ({ box: { modemMaintenance = [] } }) =>
      modemMaintenance.flatMap(({ id, model, reset }) =>
        reset === undefined
          ? []
          : [{ id, text: `${model} was lost and is reconnected or reset: ${reset.reason}` }],
      ),
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

function pinFaults(kind: PinFault['kind']): Rule['find'] {
  return ({ box: { modemMaintenance = [] } }) =>
    modemMaintenance.flatMap(({ id, model, pin }) =>
      pin?.kind === kind
        ? [{ id, text: `${model} asks for a PIN: ${pin.reason.slice(0, 160)}` }]
        : [],
    );
}
