/** The certificate for HTTPS, which the crew uploads with its key, and removes. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { SaveOutcome } from '../../../settings/settings.ts';
import type {
  CertificateOutcome,
  CertificateState,
  StoreFault,
} from '../../crew/certificate-store.ts';
import { language, planTexts, settingsTexts as text } from '../text/texts.ts';
import { confirmBy } from '../ui/dialog.ts';
import { h, setText } from '../ui/dom.ts';
import { ask, askJson, checked } from '../ui/request.ts';

const FAULTS: Readonly<Record<StoreFault, string>> = {
  'no-certificate': text.certificateNone,
  'no-key': text.certificateNoKey,
  'key-encrypted': text.certificateEncrypted,
  'key-kind': text.certificateKeyKind,
  'key-other': text.certificateKeyOther,
  damaged: text.certificateDamaged,
  stray: text.certificateStray,
  expired: text.certificateExpired,
  'too-early': text.certificateTooEarly,
  'no-names': text.certificateNoNames,
  weak: text.certificateWeak,
  locked: text.locked,
  'in-drop': text.certificateInDrop,
  'in-use': text.certificateInUse,
  'not-saved': text.certificateNotSaved,
  refused: planTexts.notSaved,
};

/** A slow card; settings are saved with it. */
const TIMEOUT_MS = 30_000;

/** @param onSaved The settings that name it have changed; this page may be somewhere else now. */
export function openCertificate(
  onSaved: (saved: SaveOutcome) => Promise<void>,
  onError: (error: unknown) => void,
): HTMLElement {
  const facts = h('div', {});
  const message = h('p', { class: 'reason', role: 'status' });
  const file = h('input', {
    ...{ type: 'file', id: 'certificate-files', class: 'unseen', multiple: '' },
  });
  const choose = h('label', { class: 'button', for: file.id }, text.certificateChoose);
  const remove = h('button', { type: 'button', class: 'quiet' }, text.certificateRemove);
  const row = h('div', { class: 'row' }, file, choose, remove);
  const summary = h('summary', {}, text.certificate);
  const place = h('div', {}, facts, row, message);
  const element = h('details', { id: 'certificate', class: 'card section' }, summary, place);

  const run = async (work: Promise<CertificateOutcome | undefined>) => {
    setText(message, text.testing);
    try {
      const outcome = await work;
      const isBad = outcome?.status === 'rejected';
      setText(message, isBad ? fill(FAULTS[outcome.fault], { reason: outcome.reason ?? '' }) : '');
      if (outcome?.status === 'done') await onSaved(outcome.saved);
    } catch (error) {
      setText(message, '');
      onError(error);
    }
  };
  file.addEventListener('change', () => {
    void run(confirmAndSend([...(file.files ?? [])]));
    // The same files can be chosen again.
    file.value = '';
  });
  remove.addEventListener('click', () => {
    const question = [text.certificateRemoveTitle, text.certificateRemoveDetail] as const;
    void confirmBy(...question, text.certificateRemove).then((isSure) => {
      if (isSure) void run(removed());
    });
  });
  askJson('GET', '/certificate').then((answer) => {
    const state = answer as CertificateState;
    facts.replaceChildren(...linesOf(state).map((line) => h('p', { class: 'hint' }, line)));
    for (const one of [choose, file]) one.hidden = state.isLocked;
    remove.hidden = state.uploaded === null;
  }, onError);
  return element;
}

/** A renewed one changes no address; undefined where the person does not want what the first one does. */
async function confirmAndSend(files: readonly File[]): Promise<CertificateOutcome | undefined> {
  const plan = await send(files, '/certificate?isTry');
  if (plan.status !== 'planned') return plan;
  const question = [text.certificateSwitchTitle, text.certificateSwitchDetail] as const;
  const isSure =
    plan.changes.length === 0 || (await confirmBy(...question, text.certificateSwitch));
  return isSure ? await send(files, '/certificate') : undefined;
}

/** All files as one text. */
async function send(files: readonly File[], path: string): Promise<CertificateOutcome> {
  const texts = new Blob(files.flatMap((one) => [one, '\n']));
  return (await checked(await ask('PUT', path, texts, TIMEOUT_MS))) as CertificateOutcome;
}

const removed = async () =>
  (await askJson('DELETE', '/certificate', undefined, TIMEOUT_MS)) as CertificateOutcome;

function linesOf({ uploaded, isLocked, guestsPort }: CertificateState): readonly string[] {
  const isOpen = location.protocol === 'http:';
  const hints = isLocked
    ? [text.locked]
    : [text.certificateHint, ...(isOpen ? [text.certificateOpen] : [])];
  if (uploaded === null) return hints;
  const { names, issuer, untilMs, hasChain } = uploaded;
  const date = new Date(untilMs).toLocaleDateString(language, { dateStyle: 'long' });
  const name = names.find((one) => !one.includes('*'));
  return [
    fill(text.certificateFacts, { names: names.join(', '), issuer, date }),
    ...(hasChain ? [] : [text.certificateNoChain]),
    ...(guestsPort === undefined || name === undefined
      ? []
      : [fill(text.certificateGuests, { address: `https://${name}:${guestsPort}/` })]),
    ...hints,
  ];
}
