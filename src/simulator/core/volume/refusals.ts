import { Refusal, type VolumeRule } from '../refusal.js';

export function broken(rule: VolumeRule, message: string): Refusal {
  return new Refusal({ code: 'volume-rule', rule, message });
}

/** The record, or the Refusal of one that is not there. */
export function existing<T>(collection: { get(id: string): T | undefined }, kind: string, uuid: string): T {
  const record = collection.get(uuid);
  if (record === undefined) throw Refusal.notFound(kind, uuid);
  return record;
}
