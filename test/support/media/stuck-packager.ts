/** Loaded into a box's processes by a test: the packager of a media process hangs for good once a file is there. */
import { existsSync } from 'node:fs';
import { Presentation } from '../../../pipelines/packager/presentation.ts';

const file = process.env['STUCK_PACKAGER_FILE'] ?? '';
const { add, tick } = Presentation.prototype;
let isStuck = false;

function mayRun(): boolean {
  isStuck ||= existsSync(file);
  return !isStuck;
}

Presentation.prototype.add = function (...unit) {
  if (mayRun()) add.apply(this, unit);
};
Presentation.prototype.tick = function (nowUs) {
  if (mayRun()) tick.call(this, nowUs);
};
