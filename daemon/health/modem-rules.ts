/** Alerts of the modems and their SIM cards. */
import type { PinFault } from '../model/snapshot.ts';
import type { Facts } from './facts.ts';
import { areAllDown, linksOf } from './links.ts';
import type { Finding, Rule } from './step.ts';

const SIM_FAULTS = ['sim-*-locked', 'sim-*-pin-missing', 'sim-*-pin-wrong', 'sim-*-pin-kept'];

export const MODEM_RULES: readonly Rule[] = [
  {
    key: 'sim-*-locked',
    // A PIN of the config is on its way.
    afterMs: 15_000,
    holdMs: 1_000,
    advice:
      'Name a file with its PIN in modems.pin_files. A blocked SIM card needs the PUK from the letter of your mobile operator.',
    find: ({ box }) =>
      box.modems.phase !== 'known'
        ? undefined
        : box.modems.modems
            .filter(({ sim }) => sim === 'pin' || sim === 'puk')
            .filter(
              ({ id }) => !box.modemMaintenance?.some((known) => known.id === id && known.pin),
            )
            .map(({ id, model, sim }) =>
              withSeverity(box, {
                id,
                text:
                  sim === 'pin'
                    ? `The SIM card in ${model} needs its PIN`
                    : `The SIM card in ${model} is blocked and needs its PUK`,
              }),
            ),
  },
  {
    key: 'sim-*-pin-missing',
    afterMs: 2_000,
    holdMs: 1_000,
    advice: "Put the SIM card's PIN into a file, and name the file in modems.pin_files.",
    find: pinFaults('missing', 'needs its PIN'),
  },
  {
    key: 'sim-*-pin-wrong',
    holdMs: 1_000,
    advice: 'Write the right PIN into that file (modems.pin_files); it is tried again then.',
    find: pinFaults('wrong', 'refused its PIN'),
  },
  {
    key: 'sim-*-pin-kept',
    holdMs: 1_000,
    advice: 'Unlock the SIM card in a phone, and put its PIN into the file of modems.pin_files.',
    find: pinFaults('kept', 'has one try left for its PIN'),
  },
  {
    key: 'sim-*-over-budget',
    advice: 'Other programs used it too. Raise its budget, or take another SIM card.',
    find: ({ box }) =>
      (box.modemMaintenance ?? [])
        .filter(({ usedBytes = 0, budgetBytes = Infinity }) => usedBytes >= budgetBytes)
        // A link that has spent its budget has an alert of its own.
        .filter(({ link }) => !linksOf(box).some(({ id, isSpent }) => isSpent && id === link))
        .map(({ id, model }) => ({
          id,
          text: `The SIM card in ${model} has used more than its data budget`,
        })),
  },
  {
    key: 'modem-*-lost',
    holdMs: 5_000,
    advice:
      'Check its antenna, SIM card and plug. To end the resets, switch off modems.reset in the settings.',
    dependsOn: SIM_FAULTS,
    find: ({ box }) =>
      (box.modemMaintenance ?? []).flatMap(({ id, model, reset }) =>
        reset === undefined
          ? []
          : [
              withSeverity(box, {
                id,
                text: `Modem ${model} has lost its network and is being reset`,
                detail: reset.reason,
              }),
            ],
      ),
  },
  {
    key: 'modems-unknown',
    afterMs: 15_000,
    holdMs: 5_000,
    advice: 'Check that ModemManager runs; with modems.at_ports, these ports and the plugs.',
    find: ({ box: { modems, uplink } }) => {
      // A modem that is pulled out takes its link along, which has an alert of its own.
      if (modems.phase === 'absent' || (uplink?.missingLinks.length ?? 0) > 0) return undefined;
      if (modems.phase === 'away') {
        return { text: 'The modems do not answer', detail: modems.reason };
      }
      return modems.away === undefined
        ? undefined
        : { text: 'Some modems do not answer', detail: modems.away.join('; ') };
    },
  },
];

/** Critical where no other link carries the stream. */
function withSeverity(box: Facts['box'], finding: Finding): Finding {
  return areAllDown(box) ? { ...finding, severity: 'critical' } : finding;
}

function pinFaults(kind: PinFault['kind'], what: string): Rule['find'] {
  return ({ box }) =>
    (box.modemMaintenance ?? []).flatMap(({ id, model, pin }) =>
      pin?.kind === kind
        ? [withSeverity(box, { id, text: `The SIM card in ${model} ${what}`, detail: pin.reason })]
        : [],
    );
}
