/** Alerts of buttons, lamps and printer. */
import type { Rule } from './step.ts';

const STUCK =
  'If it is not pressed, check its cable. For a button that opens when pressed, change “Active low” in the settings, under “Buttons and lamps”.';

const NO_ORDER_LOST = 'No order is lost: its tickets are printed later by themselves.';

const HOUR_ADVICE =
  'The box prints no more slips an hour than its settings allow. Raise “Slips an hour” there for more.';

const TICKET_KEY_ADVICE =
  'At the door, compare claim stubs with the list of orders: stubs printed earlier can no longer be verified. Where there is a copy of ticket-key.pem, put it back in the box’s folder; then remove ticket-key.pem.bad, and start the box again.';

const UNREAD_SLIPS_ADVICE =
  'Before the doors or after the show, start the box again: it then prints the slips that it cannot read now. If it still cannot, compare the slips that came out with the list of orders, write by hand what is missing, and replace the system disk.';

export const DEVICE_RULES: readonly Rule[] = [
  {
    key: 'buttons-away',
    severity: 'warning',
    afterMs: 5_000,
    holdMs: 2_000,
    advice:
      'Use the operator’s page instead. Check the cable, and “Buttons and lamps” in the settings.',
    find: ({ box: { panelAway } }) =>
      panelAway?.['buttons'] === undefined
        ? undefined
        : { text: 'The buttons do not work', detail: panelAway['buttons'] },
  },
  {
    key: 'button-*-stuck',
    severity: 'warning',
    // At the start a hand may lie on it.
    afterMs: 5_000,
    holdMs: 1_000,
    advice: `Release the button and do not press it for half a minute. ${STUCK}`,
    dependsOn: ['buttons-away'],
    find: ({ box: { stuckButtons = [] } }) =>
      stuckButtons.map((id) => ({
        id,
        text: `The button ${id.toUpperCase()} is held down`,
        detail: 'It has no effect until it is released.',
      })),
  },
  {
    key: 'lamps-away',
    severity: 'warning',
    afterMs: 5_000,
    holdMs: 2_000,
    advice:
      'Read the operator’s page instead. Check the cable, and “Buttons and lamps” in the settings.',
    dependsOn: ['buttons-away'],
    find: ({ box: { panelAway } }) => {
      const away = Object.entries(panelAway ?? {}).filter(([part]) => part !== 'buttons');
      const [first] = away;
      if (first === undefined) return undefined;
      return {
        text: 'Some lamps do not work',
        detail: `${away.map(([lamp]) => lamp).join(', ')}: ${first[1]}`,
      };
    },
  },
  {
    key: 'printer-away',
    severity: 'warning',
    afterMs: 10_000,
    holdMs: 5_000,
    advice: 'Check that it is plugged in and switched on.',
    dependsOn: ['printer-open', 'printer-paper-out', 'printer-fault'],
    find: ({ box: { printer } }) => {
      const text = 'The printer does not answer';
      if (printer.phase === 'away') return { text, detail: printer.reason };
      return printer.phase === 'known' && !printer.isOnline
        ? { text, detail: 'offline' }
        : undefined;
    },
  },
  {
    key: 'printer-paper-out',
    severity: 'warning',
    afterMs: 2_000,
    holdMs: 2_000,
    advice: 'Put in a new roll, then print again what failed.',
    dependsOn: ['printer-open', 'printer-fault'],
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.paper === 'out'
        ? 'The printer is out of paper'
        : undefined,
  },
  {
    key: 'printer-paper-low',
    severity: 'info',
    afterMs: 5_000,
    holdMs: 5_000,
    advice: 'Have a new roll ready.',
    dependsOn: ['printer-open'],
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.paper === 'low'
        ? 'The printer is almost out of paper'
        : undefined,
  },
  {
    key: 'printer-open',
    severity: 'warning',
    afterMs: 5_000,
    holdMs: 1_000,
    advice: 'Close the cover.',
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.isCoverOpen ? "The printer's cover is open" : undefined,
  },
  {
    key: 'print-uncertain',
    severity: 'warning',
    afterMs: 0,
    holdMs: 1_000,
    advice:
      'Look at the printer. On the operator’s page, under Printed slips, say that it was printed, or print it again.',
    find: ({ box: { prints } }) => {
      const count = prints?.uncertain ?? 0;
      if (count === 0) return undefined;
      return count === 1
        ? 'The box does not know whether a slip was printed'
        : `The box does not know whether ${count} slips were printed`;
    },
  },
  {
    key: 'tickets-held',
    severity: 'warning',
    afterMs: 0,
    holdMs: 5_000,
    advice: `Make sure that the printer prints. On the operator’s page, under Printed slips, say of each slip in question whether it was printed. Tap “Do not print” beside those that nobody needs. ${NO_ORDER_LOST}`,
    find: ({ box: { prints } }) => {
      if (prints?.held === undefined) return undefined;
      const { kind, reason } = prints.held;
      if (kind !== 'not-saved') {
        return {
          text: 'Tickets of new orders wait: too many slips are still to be printed or looked at',
          detail: reason,
          ...(kind === 'power' && { advice: `Plug in the mains. ${NO_ORDER_LOST}` }),
          ...(kind === 'hour' && { advice: `${HOUR_ADVICE} ${NO_ORDER_LOST}` }),
        };
      }
      const advice = `Free some space on the system disk, or replace it. ${NO_ORDER_LOST}`;
      return { text: 'Tickets of new orders cannot be saved', detail: reason, advice };
    },
  },
  {
    key: 'tickets-damaged',
    severity: 'warning',
    afterMs: 0,
    holdMs: 0,
    advice:
      'Compare the slips that came out with the list of orders, and write by hand what is missing. Then remove the files that end in .bad from the folder prints of the box.',
    find: ({ box: { prints } }) => {
      const { damaged = [] } = prints ?? {};
      if (damaged.length === 0) return undefined;
      const isKeyOnly = damaged.every((file) => file.startsWith('ticket-key.pem'));
      const isUnreadOnly = damaged.every((file) => /^prints(?:\/|$)/.test(file));
      return {
        ...{ text: 'The box has lost track of some slips', detail: damaged.join(', ') },
        ...(isKeyOnly && { advice: TICKET_KEY_ADVICE }),
        ...(isUnreadOnly && { advice: UNREAD_SLIPS_ADVICE }),
      };
    },
  },
  {
    key: 'printer-fault',
    severity: 'warning',
    afterMs: 2_000,
    holdMs: 2_000,
    advice: 'Open it, clear the paper, and switch it off and on.',
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.fault !== undefined
        ? { text: 'The printer has a fault', detail: printer.fault }
        : undefined,
  },
];
