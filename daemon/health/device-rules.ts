import type { Rule } from './step.ts';

/** Buttons, lamps, printer. */

export const DEVICE_RULES: readonly Rule[] = [
  {
    key: 'buttons-away',
    severity: 'warning',
    afterMs: 5_000,
    holdMs: 2_000,
    advice:
      'Work the box from the operator’s page. Check the cable, and panel.buttons in the config.',
    find: ({ box: { panelAway } }) =>
      panelAway?.['buttons'] === undefined
        ? undefined
        : `the buttons do not answer: ${panelAway['buttons'].slice(0, 160)}`,
  },
  {
    key: 'lamps-away',
    severity: 'warning',
    afterMs: 5_000,
    holdMs: 2_000,
    advice: 'Read the operator’s page instead. Check the cable, and panel.lamps in the config.',
    find: ({ box: { panelAway } }) => {
      const away = Object.entries(panelAway ?? {}).filter(([part]) => part !== 'buttons');
      const [first] = away;
      if (first === undefined) return undefined;
      return `lamps are dark (${away.map(([lamp]) => lamp).join(', ')}): ${first[1].slice(0, 160)}`;
    },
  },
  {
    key: 'printer-away',
    severity: 'warning',
    afterMs: 10_000,
    holdMs: 5_000,
    advice: 'Check its plug and its switch.',
    find: ({ box: { printer } }) =>
      printer.phase === 'away' || (printer.phase === 'known' && !printer.isOnline)
        ? 'the printer is away'
        : undefined,
  },
  {
    key: 'printer-paper-out',
    severity: 'warning',
    afterMs: 2_000,
    holdMs: 2_000,
    advice: 'Put in a new roll, and print again what failed: nothing waits for it.',
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.paper === 'out'
        ? 'the printer is out of paper'
        : undefined,
  },
  {
    key: 'printer-paper-low',
    severity: 'info',
    afterMs: 5_000,
    holdMs: 5_000,
    advice: 'Have a new roll at hand.',
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.paper === 'low'
        ? 'the paper is nearly used up'
        : undefined,
  },
  {
    key: 'printer-open',
    severity: 'warning',
    afterMs: 5_000,
    holdMs: 1_000,
    advice: 'Close its cover.',
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.isCoverOpen ? "the printer's cover is open" : undefined,
  },
  {
    key: 'printer-fault',
    severity: 'warning',
    afterMs: 2_000,
    holdMs: 2_000,
    advice: 'Open it, clear the paper, and switch it off and on.',
    find: ({ box: { printer } }) =>
      printer.phase === 'known' && printer.fault !== undefined
        ? `the printer has a fault: ${printer.fault}`
        : undefined,
  },
];
