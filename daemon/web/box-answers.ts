/** Answers to a page that has signed in: state, printed slips, commands, simulated hardware. */
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import type { PrintedSlip } from '../devices/printed-slips.ts';
import { type PanelActions, panelActionSchema } from '../devices/simulated-panel.ts';
import { type Commander, VERBS } from '../model/commands.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { type Answer, answerJson, readJson, refuse } from './answer.ts';
import type { CommandProgress } from './protocol.ts';

export interface BoxDeps {
  readonly snapshot: () => BoxSnapshot;
  readonly commander: Commander;
  readonly slips: () => readonly PrintedSlip[];
  /** Undefined on real hardware. */
  readonly panel: PanelActions | undefined;
  readonly onProgress: (progress: CommandProgress) => void;
  /** Of the box: a command goes on when its page is closed. */
  readonly signal: AbortSignal;
}

const PHASES = ['idle', 'preflight', 'armed', 'live', 'ending', 'fault'] as const;

const commandSchema = v.strictObject({
  verb: v.picklist(VERBS),
  args: v.optional(v.record(v.string(), v.unknown()), {}),
  expect: v.optional(v.picklist(PHASES)),
  isDryRun: v.optional(v.boolean(), false),
});

/** A page sends one at a time; more are a fault or an attack. */
const COMMANDS_MAX = 4;

export class BoxAnswers {
  readonly #deps: BoxDeps;
  #runningCommands = 0;

  constructor(deps: BoxDeps) {
    this.#deps = deps;
  }

  async answer(request: IncomingMessage, path: string): Promise<Answer> {
    const slip = /^\/slips\/([\w-]{1,64})\.png$/.exec(path)?.[1];
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    switch (`${method} ${slip === undefined ? path : '/slips'}`) {
      case 'GET /state.json':
        return answerJson(200, this.#deps.snapshot());
      case 'GET /slips':
        return this.#answerSlip(slip ?? '');
      case 'POST /command':
        return await this.#answerCommand(await readJson(request));
      case 'POST /panel':
        return this.#answerPanel(await readJson(request));
      default:
        return refuse(404, 'not-here');
    }
  }

  #answerSlip(id: string): Answer {
    const slip = this.#deps.slips().find((other) => other.id === id);
    if (slip === undefined) return refuse(404, 'not-here');
    const headers = { 'Cache-Control': 'private, max-age=86400, immutable' };
    return { status: 200, type: 'image/png', body: slip.png, headers };
  }

  async #answerCommand(body: unknown): Promise<Answer> {
    const parsed = v.safeParse(commandSchema, body);
    if (!parsed.success) return refuse(400, 'bad-request');
    if (this.#runningCommands >= COMMANDS_MAX) return refuse(503, 'busy');
    const { verb, expect, ...rest } = parsed.output;
    const { commander, onProgress, signal } = this.#deps;
    this.#runningCommands += 1;
    try {
      const command = { verb, ...rest, by: 'page', ...(expect && { expect }) } as const;
      const onStep = (step: { detail: string; ratio?: number }) => onProgress({ verb, ...step });
      return answerJson(200, await commander.run(command, onStep, signal));
    } finally {
      this.#runningCommands -= 1;
    }
  }

  #answerPanel(body: unknown): Answer {
    const { panel } = this.#deps;
    if (panel === undefined) return refuse(404, 'real-hardware');
    const parsed = v.safeParse(panelActionSchema, body);
    if (!parsed.success) return refuse(400, 'bad-request');
    return panel.run(parsed.output) ? answerJson(200, {}) : refuse(404, 'not-here');
  }
}
