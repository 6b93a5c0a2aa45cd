import { status } from '@grpc/grpc-js';
import { z } from 'zod';
import { StatusError } from '../grpc/index.js';
import { inputError } from '../support/index.js';

/** Bounds of a volume's size in bytes; undefined = none. */
export interface CapacityRange {
  readonly requiredBytes: number | undefined;
  readonly limitBytes: number | undefined;
}

export const capacityField = z.object({ requiredBytes: z.number(), limitBytes: z.number() }).nullish();
export type CapacityField = z.infer<typeof capacityField>;

/** Throws `invalid-input` for a range without a size in it, OUT_OF_RANGE for one that no disk has. */
export function readCapacity(field: CapacityField, attempted: string): CapacityRange {
  const { requiredBytes = 0, limitBytes = 0 } = field ?? {};
  const problems: string[] = [];
  if (requiredBytes < 0) problems.push('required_bytes must not be negative');
  if (limitBytes < 0) problems.push('limit_bytes must not be negative');
  if (limitBytes > 0 && requiredBytes > limitBytes)
    problems.push(`required_bytes ${requiredBytes} is more than limit_bytes ${limitBytes}`);
  const error = inputError(attempted, problems);
  if (error !== undefined) throw error;
  if (requiredBytes > Number.MAX_SAFE_INTEGER) {
    const problem = `no volume has ${requiredBytes} bytes`;
    throw new StatusError(status.OUT_OF_RANGE, `${attempted}: ${problem}.`);
  }
  return { requiredBytes: requiredBytes || undefined, limitBytes: limitBytes || undefined };
}

/** Whether a size lies within the range. */
export function isWithin(sizeBytes: number, { requiredBytes = 0, limitBytes }: CapacityRange): boolean {
  return sizeBytes >= requiredBytes && (limitBytes === undefined || sizeBytes <= limitBytes);
}

/** The range in words, for errors. */
export function rangeText({ requiredBytes, limitBytes }: CapacityRange): string {
  const least = requiredBytes === undefined ? '' : `at least ${requiredBytes}`;
  const most = limitBytes === undefined ? '' : `at most ${limitBytes}`;
  return `${[least, most].filter((text) => text !== '').join(' and ')} bytes`;
}
