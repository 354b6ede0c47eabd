/** The look of a coming drop, as fields of its form. */
import type { DropConfig } from '../../../config/drop.ts';
import { labelTexts, planTexts as text } from '../text/texts.ts';
import { h } from '../ui/dom.ts';
import { fileField } from '../ui/file-field.ts';
import { lookOf } from './drop-fields.ts';
import { select } from './field.ts';

const LOOKS = [
  ['', text.lookUsual],
  ['none', text.lookNone],
  ['warm', text.lookWarm],
  ['cool', text.lookCool],
  ['faded', text.lookFaded],
  ['mono', text.lookMono],
  ['file', text.lookOwnFile],
] as const;

/** @param before Undefined where it is as in the config. */
export function lookFields(before: DropConfig['look'] | undefined) {
  const look = select(LOOKS);
  const isFile = before !== undefined && before.cube_file !== '';
  look.value = isFile ? 'file' : (before?.name ?? '');
  const file = h('input', {
    ...{ maxlength: '500', value: before?.cube_file ?? '' },
    placeholder: text.lookFileHint,
  });
  const strength = h('input', {
    ...{ type: 'number', min: '0', max: '100', step: '1' },
    value: String(Math.round((before?.strength ?? 1) * 100)),
  });
  const fileLabel = h('label', {}, text.lookFile, fileField(file, 'cube'));
  const strengthLabel = h('label', {}, text.lookStrength, strength);
  const means = h('p', { class: 'calm' }, text.lookMeans);
  const show = () => {
    means.hidden = look.value === '' || look.value === 'none';
    fileLabel.hidden = look.value !== 'file';
    strengthLabel.hidden = means.hidden;
  };
  look.addEventListener('change', show);
  show();
  return {
    labels: [h('label', {}, labelTexts['drop.look.name'], look), fileLabel, strengthLabel, means],
    /** As drops.yaml has it; `null` takes it away. */
    read: () => lookOf(look.value, file.value, strength.value),
  };
}
