/** The checklist before a drop: each line of it, with evidence and advice. Pure. */
import { type CheckName, type CheckResult, runChecks } from '../../drop/checks.ts';
import { type Checklist, type Line, VERDICTS, worstOf } from '../../model/readiness.ts';
import { clipText } from '../../model/rounding.ts';
import {
  codeLine,
  edgeLine,
  pageLine,
  pictureCodeLine,
  postersLine,
  shopLine,
} from './guest-lines.ts';
import type { Facts, LineMaker } from './line.ts';
import { failoverLine, linkLines, receiverLine } from './link-lines.ts';
import { batteryLine, printerLine, recordingLine, systemDiskLine } from './machine-lines.ts';
import { channelsLine, exposureLine, lookLine, pictureLine } from './stage-lines.ts';
import { surveyLine } from './survey-lines.ts';

const LINES: readonly LineMaker[] = [
  pictureLine,
  exposureLine,
  lookLine,
  channelsLine,
  recordingLine,
  linkLines,
  failoverLine,
  receiverLine,
  pageLine,
  edgeLine,
  postersLine,
  codeLine,
  pictureCodeLine,
  printerLine,
  batteryLine,
  systemDiskLine,
  shopLine,
  surveyLine,
];

const LINES_MAX = 64;
const TEXT_MAX = 512;

/**
 * What both the gate and a line of the checklist judge, by the name of the check: the graver one is
 * shown. Two that are equal may have found different things wrong; of two passes the line says more.
 */
const JUDGED_TWICE: Readonly<Partial<Record<CheckName, string>>> = {
  camera: 'picture',
  sound: 'sound channels',
  battery: 'battery for the plan',
  disk: 'recording',
};

/** @param gate What keeps the box from going live; left out, the checks are run on the snapshot. */
export function makeChecklist(
  facts: Facts,
  gate: readonly CheckResult[] = runChecks(facts.box),
): Checklist {
  const lines = onceEach(
    gate,
    LINES.flatMap((line) => line(facts)),
  )
    .slice(0, LINES_MAX)
    .map(clipped);
  return { taken: new Date(facts.nowMs).toISOString(), verdict: worstOf(lines), lines };
}

function onceEach(gate: readonly CheckResult[], lines: readonly Line[]): readonly Line[] {
  const rank = ({ verdict }: Line) => VERDICTS.indexOf(verdict);
  const left = new Set<Line>();
  for (const check of gate) {
    // Each link is a line of its own.
    const others = lines.filter(({ name }) =>
      check.name === 'links' ? name.startsWith('link ') : name === JUDGED_TWICE[check.name],
    );
    if (others.length === 0) continue;
    const worst = Math.max(...others.map(rank));
    if (worst > rank(check) || (worst === rank(check) && check.verdict === 'pass')) left.add(check);
    if (check.name === 'links') continue;
    for (const other of others) if (rank(other) < rank(check)) left.add(other);
  }
  return [...gate, ...lines].filter((line) => !left.has(line));
}

function clipped({ name, verdict, evidence, advice }: Line): Line {
  return {
    name: clipText(name, 64),
    verdict,
    evidence: clipText(evidence, TEXT_MAX),
    advice: clipText(advice, TEXT_MAX),
  };
}
