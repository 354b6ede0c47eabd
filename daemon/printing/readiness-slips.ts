/** Slips for the crew before a drop: checklist, rehearsal, survey. Pure. */
import type { Block, PrintDocument } from '../../hal/printer/port.ts';
import type {
  Checklist,
  Line,
  Neighbour,
  Readiness,
  Rehearsal,
  Spread,
  Survey,
  SurveyedLink,
} from '../model/readiness.ts';
import { renderDuration } from '../model/rounding.ts';

export const READINESS_NAMES = ['preflight', 'rehearsal', 'survey'] as const;
export type ReadinessName = (typeof READINESS_NAMES)[number];

interface Facts {
  readonly title: string;
  /** Unix time as the crew writes it. */
  readonly time: (unixMs: number) => string;
}

export function renderReadiness(
  name: ReadinessName,
  { checklist, rehearsal, survey }: Readiness,
  facts: Facts,
): PrintDocument {
  switch (name) {
    case 'preflight':
      return checklist === undefined
        ? notYet('Checklist', 'Run the checks first.', facts)
        : checklistSlip(checklist, facts);
    case 'rehearsal':
      return rehearsal === undefined
        ? notYet('Rehearsal', 'Rehearse first.', facts)
        : rehearsalSlip(rehearsal, facts);
    case 'survey':
      return survey === undefined
        ? notYet('Survey', 'Run a survey first.', facts)
        : surveySlip(survey, facts);
  }
}

function checklistSlip({ taken, lines }: Checklist, { title, time }: Facts): PrintDocument {
  return [...head('Checklist', title, time(Date.parse(taken))), ...linesOf(lines), END];
}

const RESULTS = { pass: 'Passed', fail: 'Failed', ended: 'Ended early' } as const;

function rehearsalSlip(rehearsal: Rehearsal, { title, time }: Facts): PrintDocument {
  const { started, lasted_s, verdict, reason, lines } = rehearsal;
  return [
    ...head('Rehearsal', title, time(Date.parse(started))),
    { kind: 'text', text: RESULTS[verdict], isBold: true, size: 2 },
    text(`${renderDuration(lasted_s)}${reason === null ? '' : `, ${reason}`}`),
    ...linesOf(lines),
    END,
  ];
}

function surveySlip(survey: Survey, { title, time }: Facts): PrintDocument {
  const { started, lasted_s, samples, links, light_ratio, sound_dbfs, wifi, notes } = survey;
  return [
    ...head('Survey', title, time(Date.parse(started))),
    text(`${renderDuration(lasted_s)}, samples: ${samples}`),
    { kind: 'rule' },
    ...links.flatMap(linkBlocks),
    ...figure('light', light_ratio, (value) => `${Math.round(value * 100)} %`),
    ...figure('sound', sound_dbfs, (value) => `${value.toFixed(1)} dBFS`),
    ...(wifi === null ? [text('Wi-Fi: this box cannot see it')] : wifiBlocks(wifi)),
    ...notes.map(text),
    END,
  ];
}

function linkBlocks({ id, tech, ...of }: SurveyedLink): readonly Block[] {
  return [
    { kind: 'text', text: `${id}${tech === null ? '' : ` (${tech})`}`, isBold: true },
    ...figure('RSRP', of.rsrp_dbm, (value) => `${value} dBm`),
    ...figure('SINR', of.sinr_db, (value) => `${value} dB`),
    ...figure('round trip', of.rtt_s, (value) => `${Math.round(value * 1000)} ms`),
    ...figure('lost', of.loss_ratio, (value) => `${(value * 100).toFixed(1)} %`),
    ...figure('alone', of.throughput_bps, (value) => `${(value / 1e6).toFixed(1)} Mb/s`),
    text(`  used ${Math.round(of.used_b / 1e6)} MB`),
  ];
}

const WIFI_SHOWN = 8;

function wifiBlocks(wifi: readonly Neighbour[]): readonly Block[] {
  const shown = wifi.slice(0, WIFI_SHOWN).map(({ name, channel, signal_dbm }) => {
    const where = channel === null ? '' : `, channel ${channel}`;
    const strength = signal_dbm === null ? '' : `, ${Math.round(signal_dbm)} dBm`;
    return text(`  ${name === '' ? '(hidden)' : name}${where}${strength}`);
  });
  return [{ kind: 'text', text: `${wifi.length} Wi-Fi networks`, isBold: true }, ...shown];
}

function figure(
  name: string,
  spread: Spread | null,
  show: (value: number) => string,
): readonly Block[] {
  if (spread === null) return [];
  const { min, p50, max } = spread;
  const isSteady = show(min) === show(max);
  return [text(`  ${name} ${show(p50)}${isSteady ? '' : `, from ${show(min)} to ${show(max)}`}`)];
}

const MARKS = { fail: 'FAILED', warn: 'LOOK', pass: 'ok' } as const;
const ORDER = ['fail', 'warn', 'pass'] as const;

/** What failed first, with what to do; what is well is one line. */
function linesOf(lines: readonly Line[]): readonly Block[] {
  const blocks = ORDER.flatMap((verdict) =>
    lines.filter((line) => line.verdict === verdict).flatMap(lineBlocks),
  );
  return [{ kind: 'rule' }, ...blocks];
}

function lineBlocks({ name, verdict, evidence, advice }: Line): readonly Block[] {
  if (verdict === 'pass') return [text(`${MARKS.pass} ${name}: ${evidence}`)];
  const about = [text(evidence), ...(advice === '' ? [] : [text(`> ${advice}`)])];
  return [{ kind: 'text', text: `${MARKS[verdict]} ${name}`, isBold: true }, ...about];
}

function notYet(what: string, advice: string, { title }: Facts): PrintDocument {
  return [...head(what, title, 'not yet'), text(advice), END];
}

function head(what: string, title: string, when: string): readonly Block[] {
  return [{ kind: 'text', text: what, isBold: true, size: 2 }, text(title), text(when)];
}

function text(line: string): Block {
  return { kind: 'text', text: line };
}

const END: Block = { kind: 'feed', lines: 1 };
