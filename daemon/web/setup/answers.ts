/** `/setup`: the first set-up over HTTP, by the phone that is on the box's own hotspot. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import * as v from 'valibot';
import { readRegular, SECRET_BYTES_MAX } from '../../../hal/os/files/read-regular.ts';
import { plainAddress } from '../../../hal/os/tcp/plain-address.ts';
import type { Ends } from '../../first-boot/hotspot-clients.ts';
import type { FirstBoot } from '../../first-boot/open.ts';
import { nextStep, STEPS } from '../../first-boot/steps.ts';
import { isInRoom } from '../../model/addresses.ts';
import { WPA_PASSPHRASE } from '../../model/hotspot.ts';
import { hasCamera } from '../../model/phase.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';
import { type Answer, answerJson, readJson, refuse } from '../answer.ts';
import { ownCookie, readCookie } from '../guard.ts';
import type { HandOver, SetUpChoices, SetUpView } from './protocol.ts';

export interface SetUpDeps {
  readonly firstBoot: FirstBoot;
  readonly stateFolder: string;
  readonly snapshot: () => Pick<BoxSnapshot, 'operatorUrl' | 'drop'>;
  /** By which it is found on any network, and no other box. */
  readonly ownHost: string;
  /** Of the operator's page. */
  readonly port: number;
  readonly isTls: boolean;
  /** Whether the box has a PIN that somebody has chosen. */
  readonly hasOwnPin: () => boolean;
  /** The cookie of a new session. */
  readonly enter: (request: IncomingMessage) => string;
  readonly signal: AbortSignal;
}

/** It outlasts restarts of the box: a set-up takes minutes. */
const KEY_S = 86_400;

const answerSchema = v.strictObject({
  step: v.picklist(STEPS),
  how: v.picklist(['done', 'skipped']),
});
const networkSchema = v.strictObject({
  ssid: v.pipe(v.string(), v.maxBytes(32)),
  /** Empty for an open network. */
  password: v.union([v.literal(''), v.pipe(v.string(), v.regex(WPA_PASSPHRASE))]),
});
const joinSchema = v.strictObject({
  ...networkSchema.entries,
  ssid: v.pipe(v.string(), v.nonEmpty(), v.maxBytes(32)),
});
const previewSchema = v.strictObject({ isOn: v.boolean() });

export class SetUpAnswers {
  readonly #deps: SetUpDeps;
  readonly #cookie: string;
  #isJoining = false;

  constructor(deps: SetUpDeps) {
    this.#deps = deps;
    this.#cookie = `${deps.isTls ? '__Host-' : ''}venuebox-setup-${deps.port}`;
  }

  /** A request with a session: the hotspot is not closed under it. */
  use(request: IncomingMessage): void {
    this.#deps.firstBoot.hotspot.clients.use(endsOf(request));
  }

  /** A page with a session gets its events. */
  follow(request: IncomingMessage, response: ServerResponse): void {
    this.#deps.firstBoot.hotspot.clients.follow(endsOf(request), response);
    this.keep(request);
  }

  /** Its phone stays on the hotspot; the first set-up lasts longer than the portal's window would. */
  keep(request: IncomingMessage): void {
    const { hotspot, setUp } = this.#deps.firstBoot;
    if (setUp.isFinished) hotspot.clients.release(endsOf(request));
  }

  /** What needs no session. Undefined for a request that is not for it. */
  async open(request: IncomingMessage, path: string): Promise<Answer | undefined> {
    const { firstBoot } = this.#deps;
    if (path === '/setup' && request.method === 'GET') return answerJson(200, this.#view(request));
    if (path !== '/setup/session' || request.method !== 'POST') return undefined;
    if (!this.#canEnter(request)) return refuse(403, 'sign-in');
    const key = await firstBoot.setUp.issueKey();
    const own = ownCookie(this.#cookie, key, KEY_S, this.#deps.isTls);
    const cookies = [this.#deps.enter(request), own];
    return answerJson(200, {}, { 'Set-Cookie': cookies });
  }

  /** What needs the crew's session. */
  async answer(request: IncomingMessage, path: string): Promise<Answer | undefined> {
    const { setUp, preview, isWanted, devices, handOver } = this.#deps.firstBoot;
    if (!path.startsWith('/setup/')) return undefined;
    handOver.use();
    const asked = `${request.method} ${path}`;
    // Also later: a sound card may be plugged in at any time.
    if (asked === 'GET /setup/devices') return answerJson(200, await devices(this.#deps.signal));
    if (!isWanted) return refuse(409, 'not-here');
    if (asked === 'GET /setup/networks') return answerJson(200, await this.#choices());
    if (setUp.isFinished) {
      if (hasCamera(this.#deps.snapshot().drop.phase)) return refuse(409, 'on-air');
      return asked === 'POST /setup/join' ? await this.#join(request) : refuse(409, 'not-here');
    }
    switch (asked) {
      case 'POST /setup/answers':
        return await withBody(request, answerSchema, ({ step, how }) => setUp.answer(step, how));
      case 'POST /setup/network':
        return await withBody(request, networkSchema, ({ ssid, password }) =>
          setUp.chooseWifi(ssid, password),
        );
      case 'POST /setup/preview':
        return await withBody(request, previewSchema, ({ isOn }) =>
          isOn ? preview.want() : preview.stop(),
        );
      case 'POST /setup/finish':
        return answerJson(200, await this.#finish(request));
      // Before it: the page that shows this goes with the hotspot.
      case 'GET /setup/finish':
        await setUp.showHandOver();
        return answerJson(200, this.#handOver());
    }
    return undefined;
  }

  #view(request: IncomingMessage): SetUpView {
    const { setUp, isWanted } = this.#deps.firstBoot;
    const { answered } = setUp.progress;
    return {
      isOpen: isWanted && !setUp.isFinished,
      canEnter: this.#canEnter(request),
      hasPin: this.#deps.hasOwnPin(),
      ...{ answered, next: nextStep(answered), missed: setUp.missed },
    };
  }

  /**
   * A client on the hotspot has its password from the label. On a cable there may be guests, too:
   * the first that comes. Once there is a PIN that counts too.
   */
  #canEnter(request: IncomingMessage): boolean {
    const { firstBoot, hasOwnPin } = this.#deps;
    const { setUp, nearBy, isWanted } = firstBoot;
    const by = nearBy(endsOf(request));
    if (!isWanted || setUp.isFinished || by === undefined) return false;
    if (setUp.hasKey(readCookie(request.headers.cookie, this.#cookie))) return true;
    return !hasOwnPin() && (by === 'hotspot' || setUp.progress.key === undefined);
  }

  async #choices(): Promise<SetUpChoices> {
    const { hotspot, setUp } = this.#deps.firstBoot;
    const networks = await hotspot.scan(this.#deps.signal);
    const { wifi = 'absent', hasCable = false, muteCables = [] } = hotspot.network ?? {};
    const { ssid = hotspot.network?.ssid } = setUp.progress;
    const cable = hasCable ? 'ready' : muteCables.some(isInRoom) ? 'waiting' : 'none';
    return { networks, hasWifi: wifi !== 'absent', cable, ssid, missed: setUp.missed };
  }

  /** Of a box that is set up. One at a time: the second would say that it was the first's network. */
  async #join(request: IncomingMessage): Promise<Answer> {
    const { setUp } = this.#deps.firstBoot;
    const parsed = v.safeParse(joinSchema, await readJson(request));
    if (this.#isJoining || setUp.progress.phase === 'joining') return refuse(409, 'busy');
    if (!parsed.success) return refuse(400, 'bad-request');
    this.#isJoining = true;
    try {
      await setUp.chooseWifi(parsed.output.ssid, parsed.output.password);
      return answerJson(200, await this.#finish(request));
    } finally {
      this.#isJoining = false;
    }
  }

  /** Into the network that was chosen; the set-up ends with it. */
  async #finish(request: IncomingMessage): Promise<HandOver> {
    const { hotspot, preview } = this.#deps.firstBoot;
    const handOver = this.#handOver();
    preview.stop();
    hotspot.clients.release(endsOf(request));
    await hotspot.finish();
    return handOver;
  }

  #handOver(): HandOver {
    const { firstBoot, port, isTls, snapshot, ownHost, hasOwnPin, stateFolder } = this.#deps;
    const { hotspot, setUp } = firstBoot;
    const { ssid } = setUp.progress;
    const isKnown = setUp.isFinished || hasOwnPin();
    // The name that was chosen may be that of another box in the venue's network.
    const byName = `${isTls ? 'https' : 'http'}://${ownHost}:${port}/`;
    const { operatorUrl } = snapshot();
    const hasCable = hotspot.network?.hasCable === true;
    return {
      ssid,
      url: ssid === undefined && hasCable && operatorUrl !== undefined ? operatorUrl : byName,
      pin: isKnown ? undefined : readMadePin(stateFolder),
    };
  }
}

function endsOf({ socket }: IncomingMessage): Ends {
  return { local: plainAddress(socket.localAddress), remote: plainAddress(socket.remoteAddress) };
}

async function withBody<const S extends v.GenericSchema>(
  request: IncomingMessage,
  schema: S,
  work: (body: v.InferOutput<S>) => unknown,
): Promise<Answer> {
  const parsed = v.safeParse(schema, await readJson(request));
  if (!parsed.success) return refuse(400, 'bad-request');
  const found = await work(parsed.output);
  return answerJson(200, found ?? {});
}

/** Of `openPin`: this phone is on the hotspot, and its owner has nowhere else to read it. */
function readMadePin(stateFolder: string): string | undefined {
  try {
    return readRegular(join(stateFolder, 'operator-pin'), SECRET_BYTES_MAX).toString().trim();
  } catch {
    return undefined;
  }
}
