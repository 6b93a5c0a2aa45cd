import { OPTION_GROUPS, type Option, type OptionGroup } from './option.js';
import { OPTION_LIST } from './table.js';

/** The options for a terminal: grouped, with environment variable and default. Ends with a line end. */
export function optionsHelp(): string {
  const width = Math.max(...OPTION_LIST.map((option) => signature(option).length));
  const lines = OPTION_GROUPS.flatMap((group) => [
    '',
    `${group}:`,
    ...optionsOf(group).flatMap((option) => [
      `  ${signature(option).padEnd(width)}  ${option.help}`,
      `  ${' '.repeat(width)}  ${[`$${option.env}`, ...notes(option)].join(', ')}`,
    ]),
  ]);
  return `${lines.slice(1).join('\n')}\n`;
}

/** The same as one Markdown table per group, for the documentation. Ends with a line end. */
export function optionsMarkdown(): string {
  const tables = OPTION_GROUPS.map((group) => {
    const rows = optionsOf(group).map((option) => {
      const fallback = fallbackText(option);
      const cells = [
        `\`--${option.name}\``,
        option.kind === 'slice' ? 'string, repeatable' : option.kind,
        `\`${option.env}\``,
        fallback === undefined ? '' : `\`${fallback}\``,
        `${option.help}${remark(option)}`,
      ];
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    });
    const head =
      '| flag | kind | environment variable | default | meaning |\n| --- | --- | --- | --- | --- |';
    return `## ${group}\n\n${head}\n${rows.join('\n')}\n`;
  });
  return tables.join('\n');
}

function remark({ required, isVariablePassing }: Option): string {
  if (isVariablePassing === true) return '; the variable is for the one command, and not stored';
  return required === true ? ' (required)' : '';
}

function optionsOf(group: OptionGroup): readonly Option[] {
  return OPTION_LIST.filter((option) => option.group === group);
}

function signature(option: Option): string {
  const value = { string: ' TEXT', int: ' NUMBER', bool: '', slice: ' TEXT …' }[option.kind];
  return `--${option.name}${value}`;
}

function notes(option: Option): string[] {
  const fallback = fallbackText(option);
  return [
    ...(option.required === true ? ['required'] : []),
    ...(option.isVariablePassing === true ? ['for the one command, not stored'] : []),
    ...(option.kind === 'slice' ? ['repeatable; separated by commas in the variable'] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
  ];
}

function fallbackText(option: Option): string | undefined {
  if (option.kind === 'slice' || option.kind === 'bool' || option.fallback === '') return undefined;
  return String(option.fallback);
}
