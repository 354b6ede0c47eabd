/** A button that must be held, so that it is not pressed by accident. */
import { h } from './dom.ts';

export interface HoldHandlers {
  readonly onHeld: () => void;
  readonly onTooShort: () => void;
  /** Clicked by a screen reader or a switch device, which cannot hold. */
  readonly onClicked: () => void;
}

/** Held by touch, mouse, Enter or Space; the style sheet fills it by `data-held`. */
export function wireHold(button: HTMLButtonElement, holdMs: number, handlers: HoldHandlers): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pointer: 'none' | 'virtual' | 'finger' = 'none';
  const down = () => {
    if (timer !== undefined || button.disabled) return;
    button.dataset['held'] = '';
    timer = setTimeout(() => {
      end();
      // A screen reader holds nothing: the click that follows belongs to this press.
      if (pointer === 'virtual') pointer = 'finger';
      // What it said is no longer offered where it has gone meanwhile.
      if (button.isConnected) handlers.onHeld();
    }, holdMs);
  };
  const end = () => {
    clearTimeout(timer);
    timer = undefined;
    delete button.dataset['held'];
  };
  const up = () => {
    if (timer === undefined) return;
    end();
    if (pointer !== 'virtual') handlers.onTooShort();
  };
  const isKey = ({ key }: KeyboardEvent) => key === 'Enter' || key === ' ';
  button.classList.add('hold');
  button.append(h('span', { class: 'fill', 'aria-hidden': 'true' }));
  button.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pointer = isVirtual(event) ? 'virtual' : 'finger';
    button.setPointerCapture(event.pointerId);
    down();
  });
  button.addEventListener('pointerup', up);
  button.addEventListener('pointercancel', () => {
    up();
    // No click follows.
    pointer = 'none';
  });
  button.addEventListener('contextmenu', (event) => event.preventDefault());
  button.addEventListener('keydown', (event) => {
    if (!isKey(event)) return;
    // No click follows.
    event.preventDefault();
    pointer = 'none';
    if (!event.repeat) down();
  });
  button.addEventListener('keyup', (event) => {
    if (!isKey(event)) return;
    event.preventDefault();
    up();
  });
  button.addEventListener('blur', end);
  button.addEventListener('click', ({ detail }) => {
    end();
    // A long touch has no click: the next one without a press, whose detail is 0, is not its.
    if (pointer !== 'finger' || detail === 0) handlers.onClicked();
    pointer = 'none';
  });
}

/**
 * Before its click a screen reader sends a press of a pointer without size (VoiceOver), or of a
 * mouse without pressure (TalkBack). Some browsers say the same of a finger or a mouse: held, it
 * holds the button, and let go early it is asked instead.
 */
function isVirtual({ width, height, pressure, pointerType }: PointerEvent): boolean {
  if (width === 0 && height === 0) return true;
  return pointerType === 'mouse' && width === 1 && height === 1 && pressure === 0;
}
