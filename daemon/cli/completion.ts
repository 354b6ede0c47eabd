/** Completion for bash, from the table of verbs. */
import {
  HELP_OPTION,
  type Option,
  VERB_NAMES,
  VERSION_OPTION,
  type VerbName,
  verbOf,
} from './verbs.ts';

/** A script for /usr/share/bash-completion/completions/venuebox. */
export function renderCompletion(): string {
  const verbs = VERB_NAMES.map(renderCase).join('\n');
  const first = [...VERB_NAMES, `--${HELP_OPTION.name}`, `--${VERSION_OPTION.name}`].join(' ');
  return `# Completion of venuebox for bash; printed by \`venuebox completion\`.
_venuebox() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${first}' -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${verbs}
  esac
  [ "$words" = @file ] && COMPREPLY=($(compgen -f -- "$word")) && return
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _venuebox venuebox
`;
}

function renderCase(name: VerbName): string {
  const { operands, options, choices = [] } = verbOf(name);
  const all = [...options, HELP_OPTION].map((one) => `--${one.name}`);
  const values = options.filter(({ value }) => value !== undefined).map(renderValue);
  const words = [...choices, ...all].join(' ');
  // A file is completed where one stands, unless an option is begun.
  const rest = /\bFILE\b/.test(operands)
    ? `case $word in -*) words='${words}' ;; *) words=@file ;; esac`
    : `words='${words}'`;
  const lines = [...values, `*) ${rest} ;;`].map((line) => `        ${line}`).join('\n');
  return `    ${name})
      case $before in
${lines}
      esac
      ;;`;
}

function renderValue({ name, short, value, choices }: Option): string {
  const pattern = short === undefined ? `--${name}` : `--${name} | -${short}`;
  const isFile = value === 'FILE' || value === 'PATH';
  return `${pattern}) words='${isFile ? '@file' : (choices ?? []).join(' ')}' ;;`;
}
