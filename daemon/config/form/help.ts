/** The help text of each key: the comments of the example config, which shows every key. */

/** A key, or an item of a list; a key that is commented out; a comment by itself. */
const KEY = /^( *)(- )?([\w-]+):(?: +(.*))?$/;
const UNUSED_KEY = /^( *)# ( *(?:- )?)([a-z][\w-]*):(?: .*?)? # (.+)$/;
const COMMENT = /^ *# ?(.*)$/;
/** `# as above` explains nothing where it stands alone. */
const NONE = /^as above$/;

/**
 * Texts by paths without the numbers of lists: `renditions.bitrate_bps`.
 *
 * @param yaml Of the example config: block maps, one key a line.
 */
export function helpOf(yaml: string): Readonly<Record<string, string>> {
  const help: Record<string, string> = {};
  const parents: { readonly indent: number; readonly key: string }[] = [];
  let before: string[] = [];
  const add = (path: string, text: string) => {
    if (text !== '' && !NONE.test(text)) help[path] ??= text;
  };
  const enter = (indent: number, key: string) => {
    while ((parents.at(-1)?.indent ?? -1) >= indent) parents.pop();
    parents.push({ indent, key });
    return parents.map((parent) => parent.key).join('.');
  };
  for (const line of yaml.split('\n')) {
    const [, left = '', inner = '', unused, why] = UNUSED_KEY.exec(line) ?? [];
    const [, indent = '', dash = '', key, rest = ''] = KEY.exec(line) ?? [];
    if (key !== undefined) {
      const path = enter(indent.length + dash.length, key);
      const [, comment = ''] = /(?:^|\s)# (.*)$/.exec(rest) ?? [];
      add(
        path,
        dash === '' ? [...before, comment].filter((text) => text !== '').join(' ') : comment,
      );
      before = [];
    } else if (unused !== undefined && why !== undefined) {
      add(enter(left.length + inner.length, unused), why);
      before = [];
    } else {
      const text = COMMENT.exec(line)?.[1];
      if (text === undefined || text === '') before = [];
      else before.push(text);
    }
  }
  return help;
}
