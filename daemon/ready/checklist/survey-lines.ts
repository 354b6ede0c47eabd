/** Today against the survey of the day before. Pure. */
import type { Line, Survey, SurveyedLink } from '../../model/readiness.ts';
import { localTime } from '../../model/rounding.ts';
import { type Facts, mbps, pass, warn } from './line.ts';
import { modemOf } from './link-lines.ts';

/** A weaker signal by so much is another place, or something in the way. */
const RSRP_DROP_DB = 6;
/** Half of yesterday's throughput. */
const THROUGHPUT_MIN = 0.6;
const RTT_MAX = 2;

export function surveyLine(facts: Facts): Line {
  const name = 'survey';
  const { survey } = facts.probes;
  if (survey === undefined) {
    return warn(
      name,
      'the place was not surveyed',
      'The day before, run survey for an hour at the time of the drop.',
    );
  }
  const worse = survey.links.flatMap((link) => worseOf(link, facts));
  const when = localTime(Date.parse(survey.started));
  if (worse.length === 0) {
    return pass(name, `as on ${when}: ${survey.links.map(summary).join('; ') || 'no links'}`);
  }
  return warn(
    name,
    `worse than on ${when}: ${worse.join('; ')}`,
    'Look for what changed: place of the antennas, a crowd, metal in the way.',
  );
}

function worseOf(link: SurveyedLink, { box, probes }: Facts): readonly string[] {
  const now = probes.links?.links.find(({ id }) => id === link.id);
  const rsrp = modemOf(box, link.id)?.rsrpDbm;
  const found: string[] = [];
  if (link.rsrp_dbm !== null && rsrp !== undefined && rsrp < link.rsrp_dbm.p50 - RSRP_DROP_DB) {
    found.push(`${link.id} RSRP ${Math.round(rsrp)} dBm, was ${Math.round(link.rsrp_dbm.p50)}`);
  }
  const rttMs = now?.rttMs;
  const rttWasMs = link.rtt_s === null ? undefined : link.rtt_s.p50 * 1000;
  if (rttMs !== undefined && rttWasMs !== undefined && rttMs > RTT_MAX * Math.max(20, rttWasMs)) {
    found.push(`${link.id} ${Math.round(rttMs)} ms, was ${Math.round(rttWasMs)}`);
  }
  const bps = now?.aloneBps;
  if (
    link.throughput_bps !== null &&
    bps !== undefined &&
    bps < THROUGHPUT_MIN * link.throughput_bps.p50
  ) {
    found.push(`${link.id} ${mbps(bps)}, was ${mbps(link.throughput_bps.p50)}`);
  }
  return found;
}

function summary({ id, rsrp_dbm, rtt_s }: Survey['links'][number]): string {
  const radio = rsrp_dbm === null ? '' : ` ${Math.round(rsrp_dbm.p50)} dBm`;
  const rtt = rtt_s === null ? '' : ` ${Math.round(rtt_s.p50 * 1000)} ms`;
  return `${id}${radio}${rtt}`;
}
