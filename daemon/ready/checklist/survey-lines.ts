/** Today against the survey of the day before. Pure. */

import { modemOf } from '../../model/linked-modems.ts';
import type { Line, Survey, SurveyedLink } from '../../model/readiness.ts';
import { localTime } from '../../model/rounding.ts';
import { type Facts, mbps, pass, warn } from './line.ts';

/** A weaker signal by so much is another place, or something in the way. */
const RSRP_DROP_DB = 6;
/** Half of yesterday's throughput. */
const THROUGHPUT_MIN = 0.6;
const RTT_MAX = 2;
/** Half of yesterday's light: a lamp is out, or the lens has its cap. */
const LIGHT_MIN = 0.5;
/** Quieter than all that was heard then, by so much: a cable, or a gain. */
const QUIETER_DB = 10;
/** A full house brings phones; so many more networks take the channels. */
const WIFI_MAX = 2;
const WIFI_FEW = 5;
const DAY_MS = 86_400_000;
/** After that the place is another one: stage, crowd, networks. */
const OLD_DAYS = 3;

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
  const worse = [
    ...survey.links.flatMap((link) => worseOf(link, facts)),
    ...worseRoom(survey, facts),
  ];
  const startedMs = Date.parse(survey.started);
  const days = Math.floor((facts.nowMs - startedMs) / DAY_MS);
  const when = `${localTime(startedMs)}${days < 1 ? '' : `, ${days} ${days === 1 ? 'day' : 'days'} ago`}`;
  if (worse.length === 0) {
    const seen = `as on ${when}: ${survey.links.map(summary).join('; ') || 'no links'}`;
    return days <= OLD_DAYS
      ? pass(name, seen)
      : warn(name, seen, 'The survey is too old: run it again at the time of the drop.');
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

/** Light, sound and Wi-Fi. */
function worseRoom(survey: Survey, { box, probes }: Facts): readonly string[] {
  const found: string[] = [];
  const lights = probes.lightRatios ?? [];
  const light = lights.reduce((sum, ratio) => sum + ratio, 0) / lights.length;
  const pct = (ratio: number) => `${Math.round(ratio * 100)} %`;
  if (survey.light_ratio !== null && light < LIGHT_MIN * survey.light_ratio.p50) {
    found.push(`light ${pct(light)}, was ${pct(survey.light_ratio.p50)}`);
  }
  const peakDbfs = box.levels === undefined ? undefined : Math.max(...box.levels.peakDbfs);
  const least = survey.sound_dbfs?.min;
  if (peakDbfs !== undefined && least !== undefined && peakDbfs < least - QUIETER_DB) {
    found.push(`sound ${Math.round(peakDbfs)} dBFS, was ${Math.round(least)} or more`);
  }
  const networks = probes.wifiNetworks;
  const before = survey.wifi?.length;
  if (networks !== undefined && before !== undefined && networks > WIFI_FEW + WIFI_MAX * before) {
    found.push(`${networks} Wi-Fi networks, were ${before}`);
  }
  return found;
}

function summary({ id, rsrp_dbm, rtt_s }: Survey['links'][number]): string {
  const radio = rsrp_dbm === null ? '' : ` ${Math.round(rsrp_dbm.p50)} dBm`;
  const rtt = rtt_s === null ? '' : ` ${Math.round(rtt_s.p50 * 1000)} ms`;
  return `${id}${radio}${rtt}`;
}
