/** What `venuebox doctor` found, and how it is shown. */
export interface Finding {
  /** `wrong`: the box will miss something. `note`: worth knowing. */
  readonly severity: 'wrong' | 'note';
  readonly what: string;
  readonly advice: string;
}

/** One part of the box on this machine. */
export interface PartReport {
  readonly part: string;
  /** What drives it here; `absent` where there is nothing. */
  readonly driver: string;
  /** What was found, and what each answers now, a line each. */
  readonly lines: readonly string[];
  readonly findings: readonly Finding[];
}

/** What can be examined, in the order of the report. */
export const PARTS = [
  'system',
  'encoders',
  'camera',
  'sound',
  'buttons',
  'battery',
  'printer',
  'modems',
  'networks',
  'recordings',
] as const;

export type Part = (typeof PARTS)[number];

export interface DoctorReport {
  readonly machine: string;
  readonly parts: readonly PartReport[];
}

export function wrongCount({ parts }: DoctorReport): number {
  return parts.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'wrong')
    .length;
}

export function wrong(what: string, advice: string): Finding {
  return { severity: 'wrong', what, advice };
}

export function note(what: string, advice: string): Finding {
  return { severity: 'note', what, advice };
}

/**
 * For a terminal. What devices report is stripped of control characters.
 *
 * @param playerUrl What phones of this network open.
 */
export function renderReport(report: DoctorReport, playerUrl: string): string {
  const faults = wrongCount(report);
  const end =
    faults === 0
      ? 'Nothing is wrong.'
      : `${faults} ${faults === 1 ? 'thing is' : 'things are'} wrong.`;
  const watch = `Watch at ${playerUrl} while the box runs.`;
  const blocks = [printable(report.machine), ...report.parts.map(renderPart), end, watch];
  return `${blocks.join('\n\n')}\n`;
}

function renderPart({ part, driver, lines, findings }: PartReport): string {
  const notes = findings.map(
    ({ severity, what, advice }) =>
      `  ${severity === 'wrong' ? 'WRONG' : 'note '} ${what}: ${advice}`,
  );
  const found = lines.map((line) => `  ${line}`);
  return [`${part}: ${driver}`, ...found, ...notes].map(printable).join('\n');
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}
