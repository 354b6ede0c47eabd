/** Support file, restart, and who is signed in: for the crew. */
import type { SessionEntry } from '../../crew/session-list.ts';
import { card, h, setText, updateChildren } from '../ui/dom.ts';
import { formatMinute } from '../ui/format.ts';
import { askJson } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';
import { confirmRestart } from './restart.ts';
import { SAYS } from './words.ts';

const REFRESH_MS = 20_000;

export function openSupport(isCrew: boolean, onError: (error: unknown) => void): Section {
  const message = h('p', { class: 'message', role: 'status' });
  const bundle = h('a', { class: 'button', href: '/support.txt', download: '' }, SAYS.bundle);
  bundle.addEventListener('click', () => setText(message, SAYS.collecting));
  const hint = h('p', { class: 'hint' }, SAYS.bundleHint);
  const restart = h('button', { type: 'button', class: 'quiet' }, SAYS.restart);
  const list = h('ul', { class: 'files' });
  const title = h('h3', {}, SAYS.sessions);
  const row = h('div', { class: 'row' }, bundle, restart);
  const element = card('support', SAYS.support, row, hint, message, title, list);
  element.hidden = !isCrew;
  let readMs = Number.NEGATIVE_INFINITY;

  const read = () => {
    readMs = performance.now();
    askJson('GET', '/sessions').then((entries) => {
      updateChildren(list, entries as readonly SessionEntry[], ({ key }) => key, render);
    }, onError);
  };
  const end = async (key: string) => {
    await askJson('DELETE', `/sessions/${key}`);
    setText(message, SAYS.signedOut);
    read();
  };
  const render = ({ key, from, role, startedAtMs, isOwn }: SessionEntry) => {
    const name = isOwn ? `${from} (${SAYS.thisOne})` : from;
    const since = `${SAYS.roles[role]}, ${formatMinute(startedAtMs, Date.now())}`;
    const what = h('div', { class: 'what' }, h('strong', {}, name), h('small', {}, since));
    if (isOwn) return h('li', { class: 'row' }, what);
    const button = h('button', { type: 'button', class: 'quiet' }, SAYS.signOut);
    button.setAttribute('aria-label', `${SAYS.signOut} ${from}`);
    button.addEventListener('click', () => void end(key).catch(onError));
    return h('li', { class: 'row' }, what, button);
  };
  restart.addEventListener('click', () => {
    confirmRestart().then((isDone) => isDone && setText(message, SAYS.restarting), onError);
  });
  return {
    element,
    update: () => {
      if (!isCrew || document.hidden || performance.now() - readMs < REFRESH_MS) return;
      read();
    },
  };
}
