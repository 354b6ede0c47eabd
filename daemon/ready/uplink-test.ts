/** What each link of the uplink carries by itself, for the person who sets it up. */
import type { Clock } from '../../hal/os/clock.ts';
import type { Config } from '../config/config.ts';
import { budgetsOf, type MonthUse } from '../media/data-use.ts';
import type { Outcome } from '../model/commands.ts';
import type { TestedLink, UplinkTest } from '../model/readiness.ts';
import type { LinkProbe } from './checklist/line.ts';
import { connect, type LinkDeps, probeAlone, SAMPLE_S } from './link-measurement.ts';
import { BESIDE, Interrupted, type RunHandle, type Runner } from './prepared-run.ts';

export interface UplinkTestDeps extends LinkDeps {
  readonly config: Config;
  readonly plan: { readonly uplinkBps: number | undefined };
  readonly runner: Runner;
  /** Of this month. */
  readonly dataUse: { useAt(wallMs: number): MonthUse };
  readonly clock: Clock;
}

/** Never while a drop is near: the links carry nothing else meanwhile, and one after the other. */
export async function testUplink(deps: UplinkTestDeps): Promise<Outcome> {
  const { runner, plan, snapshot } = deps;
  const { phase } = snapshot().drop;
  if (plan.uplinkBps === undefined) return refused('UNSUPPORTED', 'no uplink is set');
  if (runner.what !== undefined) return refused('BUSY', `a ${runner.what} runs; wait, or stop it`);
  if (!BESIDE.includes(phase)) {
    return refused('WRONG_PHASE', `it is ${phase}: only an idle or armed box can do that`);
  }
  try {
    const wanted = { what: 'preflight', beside: BESIDE } as const;
    const wantedBps = plan.uplinkBps;
    const result = await runner.run(
      wanted,
      () => undefined,
      (handle) => measure(wantedBps, deps, handle),
    );
    return { status: 'done', detail: 'the uplink was tested', result };
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return { status: 'failed', code: 'OVERTAKEN', detail: error.message };
  }
}

async function measure(
  wantedBps: number,
  deps: UplinkTestDeps,
  handle: RunHandle,
): Promise<UplinkTest> {
  const { snapshot, config } = deps;
  const links = (config.uplink?.links ?? []).filter(({ enabled }) => enabled);
  const spared = sparedLinks(wantedBps, links, deps.dataUse.useAt(deps.clock.wallMs()));
  const test = { wantedBps, links: spared.map((id) => ({ id, why: 'spared' as const })) };
  // Without any, SRT takes the machine's own route.
  if (links.length > 0 && spared.length === links.length) return test;
  handle.want({ isCapturing: true, isUplinking: true, blockedLinks: spared });
  if (!(await connect(deps, handle))) {
    return { ...test, unreached: snapshot().uplink?.reason ?? 'no answer' };
  }
  const seen = await probeAlone(deps, handle, spared);
  return { ...test, reachedBps: seen.offeredBps, links: testedOf(seen, spared) };
}

function testedOf({ links }: LinkProbe, spared: readonly string[]): readonly TestedLink[] {
  return links.map(({ id, isUsable, reason, aloneBps }) => {
    if (spared.includes(id)) return { id, why: 'spared' };
    if (!isUsable) return { id, why: 'down', reason };
    return aloneBps === undefined ? { id, why: 'not-measured' } : { id, bps: aloneBps };
  });
}

/** Those whose SIM has less left this month than the test takes. */
function sparedLinks(
  wantedBps: number,
  links: NonNullable<Config['uplink']>['links'],
  use: MonthUse,
): readonly string[] {
  const neededBytes = (wantedBps / 8) * SAMPLE_S;
  return Object.entries(budgetsOf(links, use))
    .filter(([, { bytes, usedBytes }]) => bytes - usedBytes < neededBytes)
    .map(([id]) => id);
}

function refused(code: Extract<Outcome, { status: 'rejected' }>['code'], detail: string): Outcome {
  return { status: 'rejected', code, detail };
}
