/** What controls of settings are, and what each is given. */
import type { Field } from '../../../config/form/form.ts';

export interface Editor {
  readonly element: HTMLElement;
  /** Undefined where it is left empty. */
  read(): unknown;
}

export interface EditorContext {
  readonly isLocked: boolean;
  readonly help: Readonly<Record<string, string>>;
  readonly onChange: () => void;
}

export interface ControlContext extends EditorContext {
  readonly id: string;
  /** Ids of the texts that describe it. */
  readonly described: string;
  /** For values within this one. */
  readonly openField: (path: string, field: Field, value: unknown, on: EditorContext) => Editor;
}
