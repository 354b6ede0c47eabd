/** Clips and recorded files: shared, saved, deleted. */
import type { ClipEntry, LibraryList, RecordingEntry } from '../../crew/library.ts';
import { confirmBy } from '../ui/dialog.ts';
import { card, h, setText, updateChildren } from '../ui/dom.ts';
import { formatBytes, formatMinute, formatSpan } from '../ui/format.ts';
import type { Model } from '../ui/model.ts';
import { askJson } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';
import { SAYS } from './words.ts';

/** While the page is in sight. */
const REFRESH_MS = 10_000;
/** The first ones, and as many more with each touch. */
const SHOWN = 12;

/** @param isCrew Hosts share and save, and delete nothing. */
export function openClips(isCrew: boolean, onError: (error: unknown) => void): Section {
  const { element, clips, noClips, files, noFiles, message } = renderParts();
  let model: Model | undefined;
  let readMs = Number.NEGATIVE_INFINITY;
  let drop = '';
  let list: LibraryList = { clips: [], recordings: [] };

  const read = () => {
    readMs = performance.now();
    askJson('GET', '/library').then((read) => {
      list = read as LibraryList;
      show();
    }, onError);
  };
  const remove = async (path: string, question: string, detail: string) => {
    if (!(await confirmBy(question, detail, SAYS.remove))) return;
    await askJson('DELETE', path);
    setText(message, SAYS.deleted);
    read();
  };
  const rows = openRows({
    isCrew,
    remove: (path, question, detail) => void remove(path, question, detail).catch(onError),
    share: (clip) => void shareClip(clip, model, message).catch(onError),
  });
  const moreClips = openMore(() => show());
  const moreFiles = openMore(() => show());
  clips.after(moreClips.element);
  files.after(moreFiles.element);
  const show = () => {
    noClips.hidden = list.clips.length > 0;
    noFiles.hidden = list.recordings.length > 0;
    updateChildren(clips, moreClips.of(list.clips), ({ id }) => id, rows.renderClip);
    updateChildren(
      files,
      moreFiles.of(list.recordings),
      ({ target, name, isRunning }) => `${target} ${name} ${isRunning}`,
      rows.renderRecording,
      (row, entry) => setText(row.querySelector('small') ?? row, describeRecording(entry)),
    );
  };
  return {
    element,
    update: (next) => {
      model = next;
      const { phase, sinceMs } = next.view.drop;
      // A drop has begun or ended.
      const isSame = drop === `${phase} ${sinceMs}`;
      if (document.hidden || (isSame && performance.now() - readMs < REFRESH_MS)) return;
      drop = `${phase} ${sinceMs}`;
      read();
    },
  };
}

function renderParts() {
  const clips = h('ul', { class: 'files' });
  const noClips = h('p', { class: 'calm' }, SAYS.noClips);
  const files = h('ul', { class: 'files' });
  const noFiles = h('p', { class: 'calm' }, SAYS.noFiles);
  const message = h('p', { class: 'message', role: 'status' });
  const title = h('h3', {}, SAYS.files);
  const element = card('clips', SAYS.clips, clips, noClips, title, files, noFiles, message);
  return { element, clips, noClips, files, noFiles, message };
}

/** A button below a list that is longer. */
function openMore(show: () => void) {
  let shown = SHOWN;
  const element = button(SAYS.showMore, () => {
    shown += SHOWN;
    show();
  });
  return {
    element,
    of: <T>(all: readonly T[]): readonly T[] => {
      element.hidden = all.length <= shown;
      return all.slice(0, shown);
    },
  };
}

interface RowActions {
  readonly isCrew: boolean;
  readonly remove: (path: string, question: string, detail: string) => void;
  readonly share: (clip: ClipEntry) => void;
}

function openRows({ isCrew, remove, share }: RowActions) {
  const eraser = (path: string, question: string, detail: string) =>
    isCrew ? [button(SAYS.remove, () => remove(path, question, detail))] : [];
  return {
    renderClip: (clip: ClipEntry) => {
      const path = `/library/clips/${clip.id}`;
      const name = clip.label ?? formatMinute(clip.atMs, Date.now());
      return renderFile(
        name,
        describeClip(clip),
        button(SAYS.share, () => share(clip)),
        saveLink(path, name),
        ...eraser(path, SAYS.deleteClip, SAYS.deleteClipDetail),
      );
    },
    renderRecording: (entry: RecordingEntry) => {
      const path = `/library/recordings/${entry.target}/${entry.name}`;
      const name = formatMinute(entry.atMs, Date.now());
      if (entry.isRunning) return renderFile(name, describeRecording(entry));
      const erase = eraser(path, SAYS.deleteFile, SAYS.deleteFileDetail);
      return renderFile(name, describeRecording(entry), saveLink(path, name), ...erase);
    },
  };
}

function renderFile(name: string, detail: string, ...actions: readonly HTMLElement[]): HTMLElement {
  const text = h('div', { class: 'what' }, h('strong', {}, name), h('small', {}, detail));
  return h('li', { class: 'row' }, text, ...actions);
}

function button(label: string, onClick: () => void): HTMLButtonElement {
  const element = h('button', { type: 'button', class: 'quiet' }, label);
  element.addEventListener('click', onClick);
  return element;
}

/** The session's cookie goes with it. */
function saveLink(path: string, name: string): HTMLElement {
  return h(
    'a',
    { class: 'button', href: path, download: '', 'aria-label': `${SAYS.save} ${name}` },
    SAYS.save,
  );
}

function describeClip({ bytes, durationS, atMs, label }: ClipEntry): string {
  const at = label === undefined ? [] : [formatMinute(atMs, Date.now())];
  const length = durationS === undefined ? [] : [formatSpan(durationS)];
  return [...at, ...length, formatBytes(bytes)].join(', ');
}

function describeRecording({ target, bytes, isRunning }: RecordingEntry): string {
  const running = isRunning ? [SAYS.beingWritten] : [];
  return [target, formatBytes(bytes), ...running].join(', ');
}

/** By the phone's own menu; else the address is copied, or shown where the browser forbids that. */
async function shareClip(
  { id, label }: ClipEntry,
  model: Model | undefined,
  message: HTMLElement,
): Promise<void> {
  const url = new URL(`clip/${id}`, model?.view.playerUrl ?? location.origin).href;
  if (typeof navigator.share === 'function') {
    // Closed without a choice: no fault.
    await navigator.share({ url, title: label ?? document.title }).catch(() => undefined);
    return;
  }
  const isCopied = await (navigator.clipboard?.writeText(url) ?? Promise.reject()).then(
    () => true,
    () => false,
  );
  setText(message, isCopied ? SAYS.copied : SAYS.cannotShare(url));
}
