/** The step of the destination: where the drop also goes, beside the room. */
import { labelTexts, setUpTexts as text } from '../text/texts.ts';
import { h } from '../ui/dom.ts';
import { type EnteredTarget, missingOf, ownDestination, withDestination } from './destination.ts';
import { changeSettings, readSetting } from './request.ts';
import { choices, field, type StepPage } from './step.ts';

const HERE = 'here';
const MISSING = {
  address: text.addressLike,
  key: text.keyMissing,
  receiver: text.receiverMissing,
} as const;

export async function openDestination(): Promise<StepPage> {
  const setting = await readSetting('uplink');
  const isLocked = setting?.isLocked === true;
  const address = field(labelTexts.url, {
    ...{ name: 'url', inputmode: 'url', placeholder: 'rtmps://a.rtmps.youtube.com/live2' },
  });
  const key = field(text.streamKey, { name: 'key', type: 'password' });
  const host = field(labelTexts['uplink.host'], { name: 'host', inputmode: 'url' });
  const port = field(labelTexts.port, { name: 'port', inputmode: 'numeric', maxlength: '5' });
  const rtmp = [address.element, key.element];
  const srt = [host.element, port.element];
  const show = (kind: string) => {
    for (const element of rtmp) element.hidden = kind !== 'rtmp';
    for (const element of srt) element.hidden = kind !== 'srt';
  };
  const list = choices('destination', show);
  const options = [
    { value: HERE, label: text.onlyHere },
    { value: 'rtmp', label: text.toService },
    { value: 'srt', label: text.toReceiver },
  ];
  const before = ownDestination(setting?.value);
  const kindBefore = String(before?.['kind'] ?? HERE);
  address.input.value = String(before?.['url'] ?? '');
  host.input.value = String(before?.['host'] ?? '');
  port.input.value = String(before?.['port'] ?? '');
  list.show(isLocked ? [] : options, kindBefore);
  show(kindBefore);
  const lock = isLocked ? h('p', { class: 'lock' }, text.inFile) : undefined;
  return {
    ...{ title: text.destinationTitle, hint: text.destinationHint },
    body: h('div', { class: 'rows' }, list.element, ...rtmp, ...srt, lock),
    save: async () => {
      const kind = list.value();
      if (isLocked || kind === undefined) return undefined;
      if (kind === HERE) {
        if (before === undefined) return undefined;
        return await changeSettings({ uplink: withDestination(setting?.value, undefined) });
      }
      const entered = key.input.value.trim();
      // One that was entered before is not shown, and stays.
      const kept = kind === kindBefore && entered === '' ? before?.['key_file'] : undefined;
      const [url, receiver] = [address.input.value.trim(), host.input.value.trim()];
      const given: EnteredTarget =
        kind === 'rtmp'
          ? { kind, url, hasKey: kept !== undefined || entered !== '' }
          : { kind: 'srt', host: receiver, port: port.input.value };
      const missing = missingOf(given);
      if (missing !== undefined) return MISSING[missing];
      const target =
        kind === 'rtmp'
          ? { url, key_file: kept ?? { set: entered } }
          : { host: receiver, port: Number(port.input.value) };
      return await changeSettings({ uplink: withDestination(setting?.value, { kind, ...target }) });
    },
  };
}
