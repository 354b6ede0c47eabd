/** Answers to a page that has signed in: state, slips, commands, simulated hardware. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import type { PrintedSlip } from '../devices/printed-slips.ts';
import { type PanelActions, panelActionSchema } from '../devices/simulated-panel.ts';
import { type Commander, isUrgent, VERBS, type Verb } from '../model/commands.ts';
import { type BoxSnapshot, DROP_PHASES } from '../model/snapshot.ts';
import type { Prints } from '../printing/open.ts';
import { type Answer, answerJson, readJson, refuse } from './answer.ts';
import type { CommandProgress } from './protocol.ts';
import type { ReportAnswers } from './reports/answers.ts';
import type { SessionAnswers } from './session-answers.ts';
import type { Role } from './sessions.ts';

export interface BoxDeps {
  readonly snapshot: () => BoxSnapshot;
  readonly commander: Commander;
  readonly slips: () => readonly PrintedSlip[];
  readonly prints: PrintAnswers;
  readonly reports: ReportAnswers;
  /** A picture of a box of the fleet. */
  readonly fleetPicture: (id: string) => Buffer | undefined;
  /** Undefined on real hardware. */
  readonly panel: PanelActions | undefined;
  readonly onProgress: (progress: CommandProgress) => void;
  /** Of the box: a command goes on when its page is closed. */
  readonly signal: AbortSignal;
}

/** Another version of the program is for the crew: crew/answers.ts. */
const PAGE_VERBS = VERBS.filter((verb) => verb !== 'update');

const commandSchema = v.strictObject({
  verb: v.picklist(PAGE_VERBS),
  args: v.optional(v.record(v.string(), v.unknown()), {}),
  expect: v.optional(v.picklist(DROP_PHASES)),
  isDryRun: v.optional(v.boolean(), false),
});

/** A catalogue of twenty articles with long names and links. */
const COMMAND_MAX_BYTES = 64 * 1024;

/** A page sends one at a time; more are a fault or an attack. Urgent ones are not counted. */
const COMMANDS_MAX = 4;

export class BoxAnswers {
  readonly #deps: BoxDeps;
  #runningCommands = 0;

  constructor(deps: BoxDeps) {
    this.#deps = deps;
  }

  async answer(request: IncomingMessage, path: string, role: Role): Promise<Answer> {
    const slip = /^\/slips\/([\w-]{1,64})\.png$/.exec(path)?.[1];
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const print = /^\/prints\/([\w-]{1,64})(\.png|\.pdf|\.html)?$/.exec(path);
    if (method === 'GET' && print?.[2] !== undefined) {
      const [, name = '', ending] = print;
      return await this.#deps.prints.preview(ending === '.png' ? name : `${name}${ending}`);
    }
    if (method === 'POST' && print !== null) {
      return await this.#deps.prints.settle(print[1] ?? '', request);
    }
    const report = method === 'GET' ? await this.#deps.reports.answer(path) : undefined;
    if (report !== undefined) return report;
    const picture = /^\/fleet\/([\w-]{22})\.jpg$/.exec(path)?.[1];
    if (method === 'GET' && picture !== undefined) return this.#answerFleetPicture(picture);
    switch (`${method} ${slip === undefined ? path : '/slips'}`) {
      case 'GET /state.json':
        return answerJson(200, this.#deps.snapshot());
      case 'GET /slips':
        return this.#answerSlip(slip ?? '');
      case 'GET /stubs.html':
        return await this.#deps.prints.stubChecker();
      case 'POST /command':
        return await this.#answerCommand(await readJson(request, COMMAND_MAX_BYTES), role);
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

  #answerFleetPicture(id: string): Answer {
    const body = this.#deps.fleetPicture(id);
    if (body === undefined) return refuse(404, 'not-here');
    const headers = { 'Cache-Control': 'private, max-age=86400, immutable' };
    return { status: 200, type: 'image/jpeg', body, headers };
  }

  async #answerCommand(body: unknown, role: Role): Promise<Answer> {
    const parsed = v.safeParse(commandSchema, body);
    if (!parsed.success) return refuse(400, 'bad-request');
    const { verb, expect, ...rest } = parsed.output;
    const isCounted = !isUrgent(verb);
    if (isCounted && this.#runningCommands >= COMMANDS_MAX) return refuse(503, 'busy');
    if (role !== 'crew' && isCrewOnly(verb, rest.args)) return refuse(403, 'crew-only');
    const { commander, onProgress, signal } = this.#deps;
    if (isCounted) this.#runningCommands += 1;
    try {
      const command = { verb, ...rest, by: 'page', ...(expect && { expect }) } as const;
      const onStep = (step: { detail: string; ratio?: number }) => onProgress({ verb, ...step });
      return answerJson(200, await commander.run(command, onStep, signal));
    } finally {
      if (isCounted) this.#runningCommands -= 1;
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

/**
 * What will be sold, and what guests see next, is set as the settings are; hosts may read it. An
 * order is cancelled by those who pay its money back.
 */
function isCrewOnly(verb: Verb, args: Readonly<Record<string, unknown>>): boolean {
  if (verb === 'order') return args['do'] === 'cancel' || args['do'] === 'clear';
  // A host who has ended a drop by mistake goes on with it.
  return verb === 'drops' && args['do'] !== 'list' && args['do'] !== 'again';
}

const printActionSchema = v.variant('do', [
  v.strictObject({ do: v.literal('printed') }),
  /** A stub is worth something: a session that was left open is not enough for a second one. */
  v.strictObject({ do: v.literal('again'), pin: v.pipe(v.string(), v.maxLength(64)) }),
]);

const MAX_PREVIEWS = 2;

export class PrintAnswers {
  readonly #prints: Prints;
  readonly #sessions: Pick<SessionAnswers, 'confirmPin'>;
  #previews = 0;

  constructor(prints: Prints, sessions: Pick<SessionAnswers, 'confirmPin'>) {
    this.#prints = prints;
    this.#sessions = sessions;
  }

  /** @param name A slip's id, or a document's name. */
  async preview(name: string): Promise<Answer> {
    // Each costs a core some tenths of a second.
    if (this.#previews >= MAX_PREVIEWS) return refuse(503, 'busy');
    this.#previews += 1;
    try {
      const png = await this.#prints.preview(name).catch(() => undefined);
      if (png === undefined) return refuse(404, 'not-here');
      // Saved, and not shown: its script is not the page's.
      const headers = { 'Content-Disposition': `attachment; filename="${name}"` };
      if (name.endsWith('.html'))
        return { status: 200, type: 'text/html; charset=utf-8', body: png, headers };
      const type = name.endsWith('.pdf') ? 'application/pdf' : 'image/png';
      return { status: 200, type, body: png };
    } finally {
      this.#previews -= 1;
    }
  }

  /** The page that verifies stubs, opened: an iPhone runs no script of a page that was saved. */
  async stubChecker(): Promise<Answer> {
    const saved = await this.preview('stubs.html');
    return saved.status === 200 ? { ...saved, headers: sandboxOf(saved.body) } : saved;
  }

  async settle(id: string, request: IncomingMessage): Promise<Answer> {
    const parsed = v.safeParse(printActionSchema, await readJson(request));
    if (!parsed.success) return refuse(400, 'bad-request');
    const action = parsed.output;
    if (action.do === 'printed') return answerJson(200, await this.#prints.resolve(id));
    const refusal = await this.#sessions.confirmPin(action.pin, request);
    if (refusal !== undefined) {
      // Not 401: the session goes on.
      const detail = PIN_REFUSALS[refusal.error];
      return answerJson(200, { status: 'rejected', code: 'PIN', detail });
    }
    return answerJson(200, await this.#prints.reprint(id));
  }
}

/** Its own script runs, with no right of the operator's page. */
function sandboxOf(page: Answer['body']) {
  const [, script = ''] = /<script>(.*)<\/script>/s.exec(Buffer.from(page).toString()) ?? [];
  const hash = createHash('sha256').update(script).digest('base64');
  return {
    'Content-Security-Policy': [
      'sandbox allow-scripts',
      "default-src 'none'",
      `script-src 'sha256-${hash}'`,
      "style-src 'unsafe-inline'",
      "frame-ancestors 'none'",
    ].join('; '),
    // A sandbox with another one is not opened at all (HTML, "navigation response").
    'Cross-Origin-Opener-Policy': 'unsafe-none',
  };
}

const PIN_REFUSALS = {
  'wrong-pin': 'the PIN is wrong',
  wait: 'too many wrong PINs: wait a moment',
  locked: 'too many wrong PINs: this address is locked for some minutes',
  busy: 'the box is busy: try again',
} as const;
