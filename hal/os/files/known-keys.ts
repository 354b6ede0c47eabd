/** Values that another version of the program may have written: with keys that a schema does not have. */
import * as v from 'valibot';

export type Path = readonly (string | number)[];

interface AnySchema {
  readonly type?: string;
  readonly wrapped?: object;
  readonly entries?: Readonly<Record<string, object>>;
  readonly item?: object;
}

/** valibot stops at the first unknown key of an object: they are looked for one by one. */
export function* unknownKeys(
  schema: object | undefined,
  value: unknown,
  path: Path,
): Generator<Path> {
  const { type, wrapped, entries, item } = (schema ?? {}) as AnySchema;
  if (wrapped !== undefined) yield* unknownKeys(wrapped, value, path);
  else if (Array.isArray(value)) {
    for (const [i, one] of value.entries()) yield* unknownKeys(item, one, [...path, i]);
  } else if (typeof value === 'object' && value !== null && entries !== undefined) {
    for (const [key, one] of Object.entries(value)) {
      if (Object.hasOwn(entries, key)) yield* unknownKeys(entries[key], one, [...path, key]);
      else if (type !== 'loose_object') yield [...path, key];
    }
  }
}

/** A copy of `value` that has nothing at these paths. */
export function without(value: unknown, paths: readonly Path[]): unknown {
  const copy = structuredClone(value);
  // The last items of a list first: the places of the others stay.
  for (const path of paths.toReversed()) {
    let parent = copy as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) parent = parent[key] as typeof parent;
    const last = path.at(-1) as string | number;
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  }
  return copy;
}

/** What the schema knows of a value; it may still not fit. */
export function knownOf(schema: object, value: unknown): unknown {
  const paths = [...unknownKeys(schema, value, [])];
  return paths.length === 0 ? value : without(value, paths);
}

type Entries = Readonly<Record<string, v.GenericSchema>>;

/** An object of which each entry counts by itself: one that does not fit is left out, but not all. */
export function eachEntry<E extends Entries>(entries: E) {
  return v.pipe(
    v.record(v.string(), v.unknown()),
    v.transform((all) => {
      const given = Object.entries(entries).filter(([key]) => all[key] !== undefined);
      const fitting = given.flatMap(([key, schema]) =>
        fitOf(schema, all[key]).map((one) => [key, one] as const),
      );
      return { isDamaged: given.length > 0 && fitting.length === 0, fitting };
    }),
    v.check(({ isDamaged }) => !isDamaged, 'has nothing that fits'),
    v.transform(
      ({ fitting }) => Object.fromEntries(fitting) as { [K in keyof E]?: v.InferOutput<E[K]> },
    ),
  );
}

/** A list of which each item counts by itself. */
export function eachItem<S extends v.GenericSchema>(schema: S) {
  return v.pipe(
    v.array(v.unknown()),
    v.transform((all) => all.flatMap((one) => fitOf(schema, one))),
  );
}

/** Empty where it does not fit. */
function fitOf<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S>[] {
  const parsed = v.safeParse(schema, knownOf(schema, value));
  return parsed.success ? [parsed.output] : [];
}
