import { z } from 'zod';
import { OPTION_LIST, type Option } from '../../settings/index.js';

/** A value of a create flag; a list is given as one flag for each item. */
export type FlagValue = string | number | boolean | readonly string[];

const PREFIX = 'nutanix-';
/** Options whose values are paths; in the file they are relative to its folder. */
const PATHS = new Set([
  'nutanix-cloud-init-file',
  'nutanix-credentials-file',
  'nutanix-ca-file',
  'nutanix-ssh-key',
]);

/** Texts may be written without quotes even if they look like a number or a truth value. */
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z
  .union([z.array(text), text])
  .transform((value): readonly string[] => (typeof value === 'string' ? [value] : value));

function schemaOf(option: Option): z.ZodType<FlagValue> {
  switch (option.kind) {
    case 'string':
      return text.describe(option.help);
    case 'int':
      return z.int().describe(option.help);
    case 'bool':
      return z.boolean().describe(option.help);
    case 'slice':
      return texts.describe(option.help);
  }
}

/** The name of an option in the file: that of its flag, without what all have in common. */
export function keyOf(option: Option): string {
  return option.name.slice(PREFIX.length);
}

export function flagOfKey(key: string): string {
  return `${PREFIX}${key}`;
}

export function isPath(flag: string): boolean {
  return PATHS.has(flag);
}

function shapeOf(options: readonly Option[]): Record<string, z.ZodOptional<z.ZodType<FlagValue>>> {
  return Object.fromEntries(options.map((option) => [keyOf(option), schemaOf(option).optional()]));
}

const isConnection = (option: Option): boolean => option.group === 'Prism Central';
const isSecret = (option: Option): boolean => option.secret === true;

/** Every flag of the driver that is about a host. */
export const hostOptionsShape = shapeOf(OPTION_LIST.filter((option) => !isConnection(option)));
/** Every flag of the driver that is about Prism Central and holds no secret. */
export const connectionOptionsShape = shapeOf(
  OPTION_LIST.filter((option) => isConnection(option) && !isSecret(option)),
);

/** The client's own flags for the Docker engine, without `engine-`. */
export const engineShape = {
  label: texts.optional().describe('Labels of the engine, KEY=VALUE'),
  opt: texts.optional().describe('Flags of dockerd, FLAG=VALUE without dashes'),
  env: texts.optional().describe('Environment variables of dockerd, NAME=VALUE'),
  'insecure-registry': texts.optional().describe('Registries that are reached without TLS'),
  'registry-mirror': texts.optional().describe('Mirrors of the public registry'),
  'storage-driver': text.optional().describe('Storage driver of the engine'),
  'install-url': text.optional().describe('Script that installs Docker'),
} as const;
