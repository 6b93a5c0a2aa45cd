import { OPTION_KEYS, OPTIONS, type Option } from '../../settings/index.js';
import { GROUP_KEYS, INSTANCE_FALLBACKS, INSTANCE_OPTIONS, configKeyOf, REFUSED } from './keys.js';

/** What advice about the connection calls its settings. */
export const SETTING_NAMES = {
  fingerprint: configKeyOf(OPTIONS.Fingerprint),
  authorities: configKeyOf(OPTIONS.CAFile),
  insecure: configKeyOf(OPTIONS.Insecure),
  proxy: configKeyOf(OPTIONS.ProxyURL),
  api: configKeyOf(OPTIONS.API),
} as const;

const KINDS = { string: 'text', int: 'whole number', bool: 'true or false', slice: 'list of texts' } as const;

/** The keys of `plugin_config` as Markdown tables, for the documentation. Ends with a line end. */
export function keysMarkdown(): string {
  const group = Object.entries(GROUP_KEYS).map(([key, { kind, help, ...more }]) =>
    row([
      code(key),
      KINDS[kind],
      'fallback' in more ? code(more.fallback) : '',
      required(help, 'required' in more),
    ]),
  );
  const options = INSTANCE_OPTIONS.map((key) => {
    const option: Option = OPTIONS[key];
    const fallback = key === 'Description' ? INSTANCE_FALLBACKS.Description : fallbackOf(option);
    const variable = option.isVariablePassing === true ? '' : code(option.env);
    return row([
      code(configKeyOf(option)),
      KINDS[option.kind],
      variable,
      fallback === undefined ? '' : code(fallback),
      required(option.help.replace('; repeatable', ''), option.required === true),
    ]);
  });
  const refused = OPTION_KEYS.flatMap((key) => {
    const why = REFUSED[key];
    return why === undefined ? [] : [row([code(configKeyOf(OPTIONS[key])), why])];
  });
  return [
    table('The group', ['key', 'kind', 'default', 'meaning'], group),
    table(
      'Prism Central and the instances',
      ['key', 'kind', 'environment variable', 'default', 'meaning'],
      options,
    ),
    table('Refused', ['key', 'why, and what to do instead'], refused),
  ].join('\n');
}

function fallbackOf(option: Option): string | undefined {
  if (option.kind === 'slice' || option.kind === 'bool' || option.fallback === '') return undefined;
  return String(option.fallback);
}

function required(help: string, isRequired: boolean): string {
  return isRequired ? `${help} (required)` : help;
}

function table(title: string, head: readonly string[], rows: readonly string[]): string {
  return `### ${title}\n\n${row(head)}\n${row(head.map(() => '---'))}\n${rows.join('\n')}\n`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
