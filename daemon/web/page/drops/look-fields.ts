/** The look of a coming drop, as fields of its form. */
import type { PlannedLook } from '../../../model/planned-drops.ts';
import { h } from '../ui/dom.ts';
import { lookOf } from './drop-fields.ts';

const LOOKS = [
  ['', 'as in the settings'],
  ['none', 'the camera’s own colours'],
  ['warm', 'warm: stage lamps'],
  ['cool', 'cool: moonlight'],
  ['faded', 'faded: an old print'],
  ['mono', 'black and white'],
  ['file', 'a .cube file'],
] as const;

/** @param before Undefined where it is as in the config. */
export function lookFields(before: PlannedLook | undefined) {
  const look = h('select', {}, ...LOOKS.map(([value, text]) => h('option', { value }, text)));
  const isFile = before !== undefined && before.cubeFile !== '';
  look.value = isFile ? 'file' : (before?.name ?? '');
  const file = h('input', {
    ...{ maxlength: '500', value: before?.cubeFile ?? '' },
    placeholder: 'a .cube file on the box',
  });
  const strength = h('input', {
    ...{ type: 'number', min: '0', max: '100', step: '1' },
    value: String(Math.round((before?.strength ?? 1) * 100)),
  });
  const fileLabel = h('label', {}, 'File of the look', file);
  const strengthLabel = h('label', {}, 'Strength of the look (%)', strength);
  const show = () => {
    fileLabel.hidden = look.value !== 'file';
    strengthLabel.hidden = look.value === '' || look.value === 'none';
  };
  look.addEventListener('change', show);
  show();
  return {
    labels: [h('label', {}, 'Look of the picture', look), fileLabel, strengthLabel],
    /** As drops.yaml has it; `null` takes it away. */
    read: () => lookOf(look.value, file.value, strength.value),
  };
}
