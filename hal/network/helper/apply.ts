/** Puts a plan into the kernel, and takes it out again: by nft, tc and ip. */
import { messageOf } from '../../os/log.ts';
import type { NetworkPlan, Reply } from '../plan.ts';
import { foundForwardingOf, rulesetOf, TABLE, UNDO_RULESET } from '../ruleset.ts';
import {
  crewRoutes,
  type DefaultRoute,
  defaultRoutes,
  hasRule,
  LIST_RULE,
  UNDO_ROUTES,
  waysOut,
} from '../ways-out.ts';
import { COMMAND_MS, type Program, programOf, Refusal, type Run } from './program.ts';
import { Queues } from './queues.ts';

export interface Os extends Run {
  /** Whether the machine forwards IPv4. */
  readonly readForwarding: () => boolean;
  readonly writeForwarding: (isOn: boolean) => void;
}

/** The machine's networks, as the box wants them. One call at a time. */
export class Networks {
  readonly #os: Os;
  readonly #nft: Program;
  readonly #ip: Program;
  readonly #queues: Queues;
  /** The rules that were last set by this process. */
  #ruleset = '';
  #found: boolean | undefined;

  constructor(os: Os) {
    this.#os = os;
    this.#nft = programOf('nft', os);
    this.#ip = programOf('ip', os);
    this.#queues = new Queues(programOf('tc', os));
  }

  /** May be repeated: what is lost is set again, what is in force is not touched. Never rejects. */
  async apply(plan: NetworkPlan): Promise<Reply> {
    try {
      // What holds guests back comes first.
      await this.#setRules(plan);
      const routes = plan.crew === undefined ? [] : await this.#findRoutes();
      if (plan.crew !== undefined) this.#forward(true);
      await this.#setRoutes(plan, routes);
      const { shaped, missing } = await this.#queues.set(plan, waysOut(plan, routes));
      return { ok: true, shaped, missing };
    } catch (error) {
      return failed(error);
    }
  }

  /** All of it, also what an earlier run has set: nothing else is touched. Never rejects. */
  async undo(): Promise<Reply> {
    const faults: unknown[] = [];
    const attempt = async (work: () => Promise<unknown>) => {
      await work().catch((error: unknown) => faults.push(error));
    };
    const inForce = await this.#foundForwarding();
    const found = this.#found ?? inForce;
    await attempt(() => this.#queues.clear());
    for (const args of UNDO_ROUTES) await this.#ip(args, 'ROUTES_REFUSED').catch(() => undefined);
    if (found === false) await attempt(async () => this.#forward(false));
    if (inForce !== undefined) {
      await attempt(() => this.#nft(['-f', '-'], 'RULES_REFUSED', UNDO_RULESET));
    }
    this.#ruleset = '';
    this.#found = undefined;
    return faults.length === 0 ? { ok: true, shaped: [], missing: [] } : failed(faults[0]);
  }

  async #setRules(plan: NetworkPlan): Promise<void> {
    const found = await this.#foundForwarding();
    // Rules that somebody has flushed since do not say any more how it was.
    this.#found ??= found ?? this.#os.readForwarding();
    const ruleset = rulesetOf(plan, this.#found);
    if (found !== undefined && ruleset === this.#ruleset) return;
    await this.#nft(['-f', '-'], 'RULES_REFUSED', ruleset);
    this.#ruleset = ruleset;
  }

  /** Before the rules were set; undefined where there are none. */
  async #foundForwarding(): Promise<boolean | undefined> {
    const { run } = this.#os;
    const listed = await run('nft', ['list', 'table', ...TABLE], { timeoutMs: COMMAND_MS }).catch(
      () => undefined,
    );
    return listed?.exitCode === 0 ? foundForwardingOf(listed.stdout) : undefined;
  }

  async #findRoutes(): Promise<readonly DefaultRoute[]> {
    const listed = await this.#ip(['-json', '-4', 'route', 'show', 'default'], 'ROUTES_REFUSED');
    return defaultRoutes(listed);
  }

  #forward(isOn: boolean): void {
    if (this.#os.readForwarding() === isOn) return;
    try {
      this.#os.writeForwarding(isOn);
    } catch (error) {
      throw new Refusal('ROUTES_REFUSED', `ip_forward: ${messageOf(error)}`);
    }
  }

  async #setRoutes(plan: NetworkPlan, found: readonly DefaultRoute[]): Promise<void> {
    const wanted = plan.crew === undefined ? undefined : crewRoutes(plan.crew, found);
    const rules = await this.#ip(LIST_RULE, 'ROUTES_REFUSED');
    for (const args of wanted?.table ?? []) await this.#ip(args, 'ROUTES_REFUSED');
    if (wanted !== undefined && hasRule(rules, wanted.device)) return;
    if (rules.trim() !== '') {
      for (const args of UNDO_ROUTES.slice(0, wanted === undefined ? 2 : 1)) {
        await this.#ip(args, 'ROUTES_REFUSED');
      }
    }
    if (wanted !== undefined) await this.#ip(wanted.rule, 'ROUTES_REFUSED');
  }
}

function failed(error: unknown): Reply {
  const code = error instanceof Refusal ? error.code : 'RULES_REFUSED';
  return { ok: false, code, reason: messageOf(error).slice(0, 300) };
}
