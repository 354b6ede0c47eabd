/** Measures what 200 viewers cost the first box, behind an edge box and behind nginx. */
import type { BoxSnapshot } from '../../daemon/model/snapshot.ts';
import { type Box, childrenOf, startDetailedBox, until } from '../../test/support/box.ts';
import { startNginx } from '../../test/support/network/nginx.ts';
import type { LoadReport } from './load.ts';
import { cpuSeconds, type Figure, round } from './machine.ts';
import { runLoad, SECONDS } from './viewers.ts';

const VIEWERS = 200;
const MANY = ['viewers.max_connections=9000', 'viewers.max_connections_per_address=9000'];

interface Seen {
  readonly report: LoadReport;
  /** At the origin, a second. */
  readonly requests: number;
  readonly originCpuPct: number;
  readonly frontCpuPct: number;
}

/** What 200 viewers cost the box that has the camera, behind an edge box and behind nginx. */
export async function benchEdge(): Promise<readonly Figure[]> {
  await using origin = await startDetailedBox(MANY);
  await origin.ready();
  await using edge = await startDetailedBox([...MANY, `edge.upstream=${origin.url}`]);
  await edge.ready();
  const one = await watchLoad(origin, origin.url, 1, undefined);
  const [edgePid] = childrenOf(edge.pid);
  const behindEdge = await watchLoad(origin, edge.url, VIEWERS, edgePid);
  const { media } = await edge.state<BoxSnapshot>();
  await using nginx = await startNginx(origin.url);
  const behindNginx = await watchLoad(origin, nginx.url, VIEWERS, undefined);
  const inMedia = nginx.logged().filter(({ path }) => path.endsWith('.m4s'));
  const hits = inMedia.filter(({ cache }) => cache === 'HIT').length;
  const { requestsTotal = 1, hitsTotal = 0, collapsedTotal = 0 } = media?.edge ?? {};
  const share = (part: number, all: number) => `${round((100 * part) / all, 2)} %`;
  return [
    {
      name: 'requests at the origin: one viewer of it',
      value: `${round(one.requests)} /s`,
      goal: '-',
    },
    ...figuresOf(`${VIEWERS} viewers behind an edge box`, behindEdge, one),
    {
      name: 'edge box: requests that cost the origin none',
      value: share(hitsTotal + collapsedTotal, requestsTotal),
      goal: '>= 99 %',
    },
    ...figuresOf(`${VIEWERS} viewers behind nginx`, behindNginx, one),
    { name: 'nginx: hits on media', value: share(hits, inMedia.length), goal: '>= 99 %' },
  ];
}

function figuresOf(name: string, seen: Seen, one: Seen): readonly Figure[] {
  const { report, requests, originCpuPct, frontCpuPct } = seen;
  return [
    {
      name: `${name}: requests at the origin`,
      value: `${round(requests)} /s, ${round(requests / one.requests, 2)} viewers' worth`,
      goal: 'one viewer',
    },
    {
      name: `${name}: part wait`,
      value: `p50 ${round(report.waitP50Ms, 0)}, p99 ${round(report.waitP99Ms, 0)} ms (${report.parts})`,
      goal: '-',
    },
    {
      name: `${name}: CPU`,
      value: `origin ${round(originCpuPct)} %${frontCpuPct > 0 ? `, edge ${round(frontCpuPct)} %` : ''} of a core`,
      goal: '-',
    },
    { name: `${name}: failed requests`, value: String(report.failed), goal: '0' },
  ];
}

async function watchLoad(
  origin: Box,
  url: string,
  viewers: number,
  frontPid: number | undefined,
): Promise<Seen> {
  const originPid = origin.childPid('media') ?? 0;
  const load = runLoad(url, viewers, 'part');
  await load.warm;
  const look = async () => ({
    requests: (await origin.state<BoxSnapshot>()).media?.http.requestsTotal ?? 0,
    originS: cpuSeconds(originPid),
    frontS: frontPid === undefined ? 0 : cpuSeconds(frontPid),
    atMs: performance.now(),
  });
  const before = await look();
  await new Promise((resolve) => setTimeout(resolve, (SECONDS - 2) * 1000));
  const after = await look();
  const report = await load.report;
  // The last clients have left before the next ones are counted.
  await until(async () => (await origin.state<BoxSnapshot>()).media?.http.held === 0, 20_000);
  const s = (after.atMs - before.atMs) / 1000;
  return {
    report,
    requests: (after.requests - before.requests) / s,
    originCpuPct: (100 * (after.originS - before.originS)) / s,
    frontCpuPct: (100 * (after.frontS - before.frontS)) / s,
  };
}
