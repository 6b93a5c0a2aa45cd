import { interfacePlan } from './interface-op.js';
import { leafPlan } from './scalar-ops.js';
import { mapPlan } from './map-op.js';
import type { Plan, Target } from './op.js';
import { sequencePlan } from './slice-op.js';
import { structPlan } from './struct-engine.js';
import type { WireType } from './wire-types.js';

/** The plan for values of `wire` that become `target`; undefined if their kinds differ. Parts are not looked at. */
export function compilePlan(wire: WireType, target: Target): Plan | undefined {
  const kind = typeof target === 'string' ? undefined : target.kind;
  if (kind !== undefined && kind !== wire.kind) return undefined;
  switch (wire.kind) {
    case 'slice':
    case 'array':
      return isOneOf(target, 'slice', 'array') ? sequencePlan(wire, target) : undefined;
    case 'map':
      return isOneOf(target, 'map') ? mapPlan(wire, target) : undefined;
    case 'struct':
      return isOneOf(target, 'struct') ? structPlan(wire, target) : undefined;
    case 'interface':
      return isOneOf(target, 'interface') ? interfacePlan(target) : undefined;
    default:
      return leafPlan(wire.kind, target);
  }
}

type TypeOfKind<K> = Extract<Exclude<Target, string>, { readonly kind: K }>;

function isOneOf<K extends Exclude<Target, string>['kind']>(
  target: Target,
  ...kinds: K[]
): target is TypeOfKind<K> | 'any' | 'skip' {
  return typeof target === 'string' || kinds.some((kind) => kind === target.kind);
}
