/** Which command a button press means. Pure. */
import type { Gesture } from '../../hal/gpio/gestures.ts';
import type { Command, Verb } from '../model/commands.ts';
import type { DropPhase } from '../model/snapshot.ts';

/** The box's two buttons. */
export const BUTTONS = ['drop', 'mark'] as const;

/**
 * What a press asks for; undefined where it asks for nothing.
 *
 * The drop button: a short press arms, or takes it back; a hold goes live, or
 * ends; a very long hold shuts the machine down. The mark button marks; held, it
 * opens the sign-in of the operator's page (run.ts), which is no command. Both
 * together mean that the box was picked up, and ask for nothing.
 */
export function commandOf(
  { buttons, length }: Extract<Gesture, { kind: 'press' }>,
  phase: DropPhase,
): Command | undefined {
  const [button, ...others] = buttons;
  if (others.length > 0) return undefined;
  if (button === 'mark' && length !== 'short') return undefined;
  if (button === 'mark') return { verb: 'mark', args: {}, by: 'button' };
  if (button !== 'drop') return undefined;
  if (length === 'very-long') return { verb: 'shut-down', args: {}, by: 'button' };
  const verb = length === 'short' ? SHORT[phase] : HOLD[phase];
  // The press means the phase that the lamp showed.
  return verb === undefined ? undefined : { verb, args: {}, by: 'button', expect: phase };
}

const SHORT: Readonly<Partial<Record<DropPhase, Verb>>> = {
  idle: 'arm',
  fault: 'arm',
  preflight: 'disarm',
  armed: 'disarm',
};

const HOLD: Readonly<Partial<Record<DropPhase, Verb>>> = {
  idle: 'go-live',
  fault: 'go-live',
  preflight: 'go-live',
  armed: 'go-live',
  live: 'end',
};
