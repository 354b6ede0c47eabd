/** Requests to the box. Each rejects with a sentence for the person at the page. */
import { timeoutSignal } from '../../../../pipelines/player/playback/signals.ts';
import type { PanelAction } from '../../../devices/simulated-panel.ts';
import type { ArgumentFault, Verb } from '../../../model/commands.ts';
import type { DropPhase } from '../../../model/snapshot.ts';
import type { PastDrop } from '../../../report/record.ts';
import type { SignInRefusal } from '../../protocol.ts';
import { stageTexts as text } from '../text/texts.ts';

const TIMEOUT_MS = 10_000;
/** A command may run the checks first. */
const COMMAND_TIMEOUT_MS = 120_000;

/** The session is over: the PIN is asked for again. */
export class SignedOut extends Error {}

export interface SessionState {
  readonly isSignedIn: boolean;
  /** Null where it is not signed in. */
  readonly role: 'crew' | 'host' | null;
  readonly refusal: SignInRefusal | null;
}

export type Outcome =
  | { readonly status: 'done'; readonly detail: string; readonly result?: unknown }
  | {
      readonly status: 'rejected' | 'failed';
      readonly code: string;
      readonly detail: string;
      readonly faults?: readonly ArgumentFault[];
    };

export async function readSession(): Promise<SessionState> {
  const response = await ask('GET', '/session');
  return (await response.json()) as SessionState;
}

/** Undefined when the PIN was right. */
export async function sendPin(pin: string): Promise<SignInRefusal | undefined> {
  const response = await ask('POST', '/session', { pin });
  if (response.ok) return undefined;
  const refusal = (await response.json()) as Partial<SignInRefusal> & { error: string };
  if (refusal.waitMs === undefined) throw new Error(explain(refusal.error));
  return refusal as SignInRefusal;
}

export async function signOut(): Promise<void> {
  await ask('DELETE', '/session');
}

export async function runCommand(
  verb: Verb,
  expect: DropPhase | undefined,
  args: Readonly<Record<string, unknown>> = {},
  timeoutMs = COMMAND_TIMEOUT_MS,
): Promise<Outcome> {
  const response = await ask('POST', '/command', { verb, args, expect }, timeoutMs);
  return (await checked(response)) as Outcome;
}

/** Runs camera and sound for half a minute, or ends that. */
export async function askPreview(isOn: boolean): Promise<void> {
  await askJson('POST', '/tests/preview', { isOn });
}

/** The newest first. */
export async function readPastDrops(): Promise<readonly PastDrop[]> {
  return (await checked(await ask('GET', '/reports.json'))) as readonly PastDrop[];
}

/** Settles a slip that was perhaps printed, or prints one again. */
export async function settlePrint(
  id: string,
  action: { readonly do: 'printed' } | { readonly do: 'again'; readonly pin: string },
): Promise<Outcome> {
  return (await checked(await ask('POST', `/prints/${id}`, action))) as Outcome;
}

export async function sendPanelAction(action: PanelAction): Promise<void> {
  await checked(await ask('POST', '/panel', action));
}

/** A request whose answer is JSON. */
export async function askJson(
  method: string,
  path: string,
  body?: unknown,
  timeoutMs = TIMEOUT_MS,
): Promise<unknown> {
  return await checked(await ask(method, path, body, timeoutMs));
}

/** The answer's JSON. Rejects with SignedOut, or with a sentence. */
export async function checked(response: Response): Promise<unknown> {
  if (response.status === 401) throw new SignedOut(text.signedOut);
  const answer = (await response.json()) as { readonly error?: string };
  if (!response.ok) throw new Error(explain(answer.error));
  return answer;
}

const REFUSALS: Readonly<Record<string, string>> = {
  busy: text.busy,
  'not-here': text.notHere,
  'real-hardware': text.realHardware,
  'crew-only': text.crewOnly,
  'being-written': text.beingWritten,
  'not-deleted': text.notDeleted,
  'on-air': text.notOnAir,
  'no-supervisor': text.noSupervisor,
  'wrong-host': text.wrongHost,
};

/** Codes that only a page of another version can cause have no sentence of their own. */
function explain(code: string | undefined): string {
  const known = code === undefined ? undefined : REFUSALS[code];
  return known ?? text.notAccepted;
}

/** @param body JSON, or a file as it is. */
export async function ask(
  method: string,
  path: string,
  body?: unknown,
  timeoutMs = TIMEOUT_MS,
): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: { 'X-Venuebox-Operator': '1', 'Content-Type': typeOf(body) },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
      signal: timeoutSignal(timeoutMs),
    });
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    throw new Error(isLate ? text.lateAnswer : text.noAnswer);
  }
}

function typeOf(body: unknown): string {
  return body instanceof Blob ? 'application/octet-stream' : 'application/json';
}
