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
  let wasTouched = false;
  const down = () => {
    if (timer !== undefined || button.disabled) return;
    wasTouched = true;
    button.dataset['held'] = '';
    timer = setTimeout(() => {
      end();
      handlers.onHeld();
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
    handlers.onTooShort();
  };
  const isKey = ({ key }: KeyboardEvent) => key === 'Enter' || key === ' ';
  button.append(h('span', { class: 'fill', 'aria-hidden': 'true' }));
  button.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    wasTouched = true;
    down();
  });
  button.addEventListener('pointerup', up);
  button.addEventListener('pointercancel', end);
  button.addEventListener('contextmenu', (event) => event.preventDefault());
  button.addEventListener('keydown', (event) => {
    if (!isKey(event)) return;
    event.preventDefault();
    if (!event.repeat) down();
  });
  button.addEventListener('keyup', (event) => {
    if (!isKey(event)) return;
    event.preventDefault();
    up();
  });
  button.addEventListener('blur', end);
  button.addEventListener('click', () => {
    if (!wasTouched) handlers.onClicked();
    wasTouched = false;
  });
}
