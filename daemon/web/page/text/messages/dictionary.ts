/** What each language of {@link en} has: a missing text, or one too many, fails the build. */
import type { en } from './en.ts';

export type MessageTexts = Readonly<Record<keyof typeof en, string>>;
