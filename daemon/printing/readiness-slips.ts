/** Slips for the crew before a drop: checklist, rehearsal, survey. Pure. */
import type { Block, PrintDocument } from '../../hal/printer/port.ts';
import { fill } from '../../pipelines/player/text/fill.ts';
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
import type { SlipWords, Translator } from './text/words.ts';

export const READINESS_NAMES = ['preflight', 'rehearsal', 'survey'] as const;
export type ReadinessName = (typeof READINESS_NAMES)[number];

interface Facts {
  readonly title: string;
  readonly words: SlipWords;
  readonly translator: Translator;
}

type Says = SlipWords['text']['readiness'];

export function renderReadiness(
  name: ReadinessName,
  { checklist, rehearsal, survey }: Readiness,
  facts: Facts,
): PrintDocument {
  const says = facts.words.text.readiness;
  switch (name) {
    case 'preflight':
      return checklist === undefined
        ? notYet(name, says.runChecks, facts)
        : checklistSlip(checklist, facts);
    case 'rehearsal':
      return rehearsal === undefined
        ? notYet(name, says.rehearse, facts)
        : rehearsalSlip(rehearsal, facts);
    case 'survey':
      return survey === undefined ? notYet(name, says.runSurvey, facts) : surveySlip(survey, facts);
  }
}

function checklistSlip({ taken, lines }: Checklist, facts: Facts): PrintDocument {
  return [...head('preflight', taken, facts), ...linesOf(lines, facts), END];
}

function rehearsalSlip(rehearsal: Rehearsal, facts: Facts): PrintDocument {
  const { started, lasted_s, verdict, reason, lines } = rehearsal;
  const why = reason === null ? '' : `, ${facts.translator.check(reason)}`;
  return [
    ...head('rehearsal', started, facts),
    { kind: 'text', text: facts.words.text.readiness[verdict], isBold: true, size: 2 },
    text(`${renderDuration(lasted_s)}${why}`),
    ...linesOf(lines, facts),
    END,
  ];
}

function surveySlip(survey: Survey, facts: Facts): PrintDocument {
  const { started, lasted_s, samples, links, light_ratio, sound_dbfs, wifi, notes } = survey;
  const says = facts.words.text.readiness;
  const figure = figureIn(says);
  const count = { length: renderDuration(lasted_s), count: String(samples) };
  return [
    ...head('survey', started, facts),
    text(fill(says.samples, count)),
    { kind: 'rule' },
    ...links.flatMap((link) => linkBlocks(link, says)),
    ...figure(says.light, light_ratio, (value) => `${Math.round(value * 100)} %`),
    ...figure(says.sound, sound_dbfs, (value) => `${value.toFixed(1)} dBFS`),
    ...(wifi === null ? [text(says.noWifi)] : wifiBlocks(wifi, says)),
    ...notes.map((note) => text(facts.translator.check(note))),
    END,
  ];
}

function linkBlocks({ id, tech, ...of }: SurveyedLink, says: Says): readonly Block[] {
  const figure = figureIn(says);
  return [
    { kind: 'text', text: `${id}${tech === null ? '' : ` (${tech})`}`, isBold: true },
    ...figure('RSRP', of.rsrp_dbm, (value) => `${value} dBm`),
    ...figure('SINR', of.sinr_db, (value) => `${value} dB`),
    ...figure(says.roundTrip, of.rtt_s, (value) => `${Math.round(value * 1000)} ms`),
    ...figure(says.lost, of.loss_ratio, (value) => `${(value * 100).toFixed(1)} %`),
    ...figure(says.alone, of.throughput_bps, (value) => `${(value / 1e6).toFixed(1)} Mb/s`),
    text(`  ${fill(says.used, { size: String(Math.round(of.used_b / 1e6)) })}`),
  ];
}

const WIFI_SHOWN = 8;

function wifiBlocks(wifi: readonly Neighbour[], says: Says): readonly Block[] {
  const shown = wifi.slice(0, WIFI_SHOWN).map(({ name, channel, signal_dbm }) => {
    const number = String(channel);
    const where = channel === null ? '' : `, ${fill(says.channel, { number })}`;
    const strength = signal_dbm === null ? '' : `, ${Math.round(signal_dbm)} dBm`;
    return text(`  ${name === '' ? says.hidden : name}${where}${strength}`);
  });
  const found = fill(says.networks, { count: String(wifi.length) });
  return [{ kind: 'text', text: found, isBold: true }, ...shown];
}

const figureIn =
  (says: Says) =>
  (name: string, spread: Spread | null, show: (value: number) => string): readonly Block[] => {
    if (spread === null) return [];
    const [min, value, max] = [spread.min, spread.p50, spread.max].map(show) as [
      string,
      string,
      string,
    ];
    return [text(`  ${fill(min === max ? says.figure : says.range, { name, value, min, max })}`)];
  };

const MARKS = { fail: 'failed', warn: 'look', pass: 'ok' } as const;
const ORDER = ['fail', 'warn', 'pass'] as const;

/** What failed first, with what to do; what is well is one line. */
function linesOf(lines: readonly Line[], facts: Facts): readonly Block[] {
  const blocks = ORDER.flatMap((verdict) =>
    lines.filter((line) => line.verdict === verdict).flatMap((line) => lineBlocks(line, facts)),
  );
  return [{ kind: 'rule' }, ...blocks];
}

function lineBlocks(line: Line, { words, translator }: Facts): readonly Block[] {
  const [name, evidence, advice] = [line.name, line.evidence, line.advice].map(translator.check);
  const mark = words.text.readiness[MARKS[line.verdict]];
  if (line.verdict === 'pass') return [text(`${mark} ${name}: ${evidence}`)];
  const about = [text(`${evidence}`), ...(advice === '' ? [] : [text(`> ${advice}`)])];
  return [{ kind: 'text', text: `${mark} ${name}`, isBold: true }, ...about];
}

function notYet(name: ReadinessName, advice: string, facts: Facts): PrintDocument {
  return [...head(name, undefined, facts), text(advice), END];
}

function head(
  name: ReadinessName,
  at: string | undefined,
  { title, words }: Facts,
): readonly Block[] {
  const says = words.text.readiness;
  const when = at === undefined ? says.notYet : words.time(Date.parse(at));
  return [{ kind: 'text', text: says[name], isBold: true, size: 2 }, text(title), text(when)];
}

function text(line: string): Block {
  return { kind: 'text', text: line };
}

const END: Block = { kind: 'feed', lines: 1 };
