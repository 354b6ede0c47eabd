/** The settings on the page: opened from the header, while its state stays in sight. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { Edit, SaveOutcome, ShownSetting } from '../../../settings/settings.ts';
import type { SettingsPage } from '../../crew/settings-answers.ts';
import { planTexts, stageTexts } from '../text/texts.ts';
import { card, h, setText } from '../ui/dom.ts';
import { formatMinute } from '../ui/format.ts';
import { openCertificate } from './certificate.ts';
import { openForm, type SettingsForm } from './form.ts';
import { fullLabelOf } from './label.ts';
import { movedTo } from './moved.ts';
import { placeAfter, readSettings, sendSettings } from './request.ts';
import { reviewChanges } from './review.ts';
import { type SettingsTests, testsOf } from './tests.ts';
import { SAYS } from './words.ts';

/** As a section, it is the choice of the venue's Wi-Fi. */
const WIFI = 'wifi';

/** What the person has changed stays while the page is open, until it is applied or discarded. */
export class SettingsPlace {
  readonly element: HTMLElement;
  readonly #onError: (error: unknown) => void;
  readonly #openWifi: () => HTMLElement;
  readonly #message = h('p', { class: 'message', role: 'status' });
  readonly #notes = h('div', { class: 'notes' });
  readonly #body = h('div', {});
  readonly #review = h('button', { type: 'button', class: 'main' }, SAYS.review);
  readonly #discard = h('button', { type: 'button' }, SAYS.discard);
  readonly #count = h('span', { class: 'count', role: 'status' });
  #page: SettingsPage | undefined;
  #form: SettingsForm | undefined;
  #tests: SettingsTests | undefined;

  /**
   * @param onClose Shows the box again.
   * @param openWifi The choice of the venue's Wi-Fi, which is no setting.
   */
  constructor(onError: (error: unknown) => void, onClose: () => void, openWifi: () => HTMLElement) {
    this.#openWifi = openWifi;
    this.#onError = onError;
    const back = h('button', { type: 'button' }, SAYS.close);
    const buttons = [back, this.#count, this.#discard, this.#review];
    const bar = h('div', { class: 'bar' }, this.#message, ...buttons);
    this.element = card('settings', stageTexts.settings, this.#notes, this.#body, bar);
    back.addEventListener('click', onClose);
    this.#review.addEventListener('click', () =>
      this.#run({ changes: this.#form?.changes() ?? {} }),
    );
    this.#discard.addEventListener('click', () => {
      this.#load().then(() => this.#say(''), onError);
    });
  }

  /** @param section Opened at once, by the first word of its keys. */
  async show(section?: string): Promise<void> {
    if (this.#form === undefined) {
      this.#say(SAYS.loading);
      await this.#load();
      this.#say('');
    }
    const wifi = section === WIFI ? this.#body.querySelector<HTMLElement>('#wifi') : null;
    if (wifi !== null) {
      wifi.setAttribute('open', '');
      wifi.scrollIntoView({ block: 'start' });
    } else if (section !== undefined) this.#form?.open(section === WIFI ? 'network' : section);
  }

  /** It goes out of sight. What the person has changed stays. */
  close(): void {
    this.#tests?.close();
  }

  async #load(): Promise<void> {
    const page = await readSettings();
    const say = (text: string, isBad?: boolean) => this.#say(text, isBad);
    this.close();
    this.#page = page;
    this.#tests = testsOf(say, this.#onError);
    this.#form = openForm(page, this.#tests.elements, () => this.#showCount());
    const versions = versionsOf(page, (version) => this.#run({ version }));
    // A box that may open no hotspot leaves the Wi-Fi to others.
    const isOurs = page.settings.some(
      ({ path, value }) => path === 'network.hotspot' && value === true,
    );
    const certificate = openCertificate((saved) => this.#explain(saved), this.#onError);
    this.#body.replaceChildren(
      ...(isOurs ? [this.#openWifi()] : []),
      ...[this.#form.element, certificate, versions],
    );
    const { restart, drop } = page.pending;
    const names = (paths: readonly string[]) => paths.map(fullLabelOf).join(', ');
    const lines = [
      ...(page.warning === undefined ? [] : [page.warning]),
      ...(restart.length === 0 ? [] : [SAYS.pending(names(restart))]),
      ...(drop.length === 0 ? [] : [SAYS.pendingDrop(names(drop))]),
    ];
    this.#notes.replaceChildren(...lines.map((line) => h('p', { class: 'reason' }, line)));
    this.#showCount();
  }

  #showCount(): void {
    const n = Object.keys(this.#form?.changes() ?? {}).length;
    setText(this.#count, n === 0 ? '' : SAYS.changes(n));
    for (const button of [this.#review, this.#discard]) button.disabled = n === 0;
  }

  #say(text: string, isBad = false): void {
    this.#message.classList.toggle('bad', isBad);
    setText(this.#message, text);
  }

  /** The server goes away; the page says what comes. */
  #leave(text: string): void {
    this.close();
    this.#form = undefined;
    this.#body.replaceChildren();
    this.#notes.replaceChildren();
    this.#showCount();
    this.#say(text);
  }

  /** To where the server is from now on; the link is for a browser that asks before it goes there. */
  async #follow(address: string): Promise<void> {
    this.#leave(SAYS.pageMoved(address));
    this.#notes.replaceChildren(h('p', {}, h('a', { href: address }, address)));
    const { port } = new URL(address);
    const before = this.#page?.settings ?? [];
    // In a swap another server leaves that port first: when it has, no page can know.
    const isSwap = before.some(({ path, value }) => /port$/.test(path) && String(value) === port);
    const isMoved = port !== location.port;
    if (!(isMoved && isSwap)) location.assign(await placeAfter(address));
  }

  #run(edit: Edit): void {
    this.#send(edit).catch(this.#onError);
  }

  async #send(edit: Edit): Promise<void> {
    if (this.#page === undefined) return;
    const { settings, canRestart, tag } = this.#page;
    const plan = await sendSettings(edit, tag, true);
    if (plan.status !== 'planned') return await this.#explain(plan);
    this.#form?.showFaults([]);
    if (!(await reviewChanges(plan, settings, canRestart))) return;
    await this.#explain(await sendSettings(edit, tag, false));
  }

  /** What somebody else has changed, of what is changed here. */
  #alsoChanged({ settings }: SettingsPage): readonly string[] {
    const textOf = (page: readonly ShownSetting[], path: string) =>
      JSON.stringify(page.find((one) => one.path === path)?.value);
    const mine = Object.keys(this.#form?.changes() ?? {});
    const before = this.#page?.settings ?? [];
    return mine.filter((path) => textOf(before, path) !== textOf(settings, path));
  }

  async #explain(outcome: SaveOutcome): Promise<void> {
    switch (outcome.status) {
      case 'wrong': {
        const left = this.#form?.showFaults(outcome.faults) ?? [];
        return this.#say([SAYS.wrong(outcome.faults.length), ...left].join(' '), true);
      }
      case 'conflict': {
        // The person's changes stay in the form; they are compared with what is there now.
        const now = await readSettings();
        const both = this.#alsoChanged(now);
        if (this.#page !== undefined) this.#page = { ...this.#page, ...now };
        const also = both.length === 0 ? [] : [SAYS.conflictSame(both.map(fullLabelOf).join(', '))];
        return this.#say([SAYS.conflict, ...also].join(' '), true);
      }
      case 'failed':
        return this.#say(fill(planTexts.notSaved, { reason: outcome.reason }), true);
      case 'restarting':
        return this.#leave(SAYS.restarting);
      default: {
        const settings = this.#page?.settings ?? [];
        const inForce = outcome.differences.filter(({ path }) => !outcome.waiting.includes(path));
        const address = movedTo(inForce, settings, location.hostname);
        if (address !== undefined) return await this.#follow(address);
        await this.#load();
        // What waits for the end of a drop is named above.
        const isAll = this.#page?.pending.restart.length === 0;
        this.#say(isAll ? planTexts.saved : SAYS.savedForLater);
      }
    }
  }
}

function versionsOf({ versions }: SettingsPage, goBack: (id: number) => void): HTMLElement {
  const items = versions.map(({ id, atMs }) => {
    const button = h('button', { type: 'button', class: 'quiet' }, SAYS.goBack);
    button.addEventListener('click', () => goBack(id));
    return h('li', { class: 'row' }, h('span', {}, formatMinute(atMs, Date.now())), button);
  });
  const none = h('p', { class: 'calm' }, SAYS.noVersions);
  return h(
    'details',
    { class: 'card section' },
    h('summary', {}, SAYS.versions),
    items.length === 0 ? none : h('ul', { class: 'versions' }, ...items),
  );
}
