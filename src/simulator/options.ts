import type { Clock, Logger } from '../support/index.js';
import type { AccountOptions } from './http/authentication.js';
import type { ApiName } from './http/api.js';
import type { LimitTable } from './http/api-limits.js';
import type { ServerCertificate } from './http/certificate.js';
import type { FaultRuleInput } from './core/faults/fault-rule.js';
import type { GuestBackend } from './guests/guest-backend.js';
import type { Inventory } from './core/inventory/inventory.js';
import type { LatencyProfile, ProfileName } from './core/latency.js';
import type { Behaviour } from './core/world.js';

/** All optional: the defaults make a fast simulator on a free loopback port with the preset inventory. */
export interface SimulatorOptions extends AccountOptions {
  /** Address to listen on; 127.0.0.1. */
  readonly host?: string | undefined;
  /** 0 = any free port. */
  readonly port?: number | undefined;
  readonly inventory?: Inventory | undefined;
  /** What `Simulator.save` gave, as JSON; instead of an inventory. */
  readonly state?: unknown;
  /** What runs inside VMs; absent = nothing, VMs only change their state. */
  readonly guests?: GuestBackend | undefined;
  /** Of the guests, as clients have to be told; 22. */
  readonly sshPort?: number | undefined;
  readonly profile?: ProfileName | LatencyProfile | undefined;
  /** e.g. `pc.2024.3.0.1` (default), `pc.2021.9` or `5.20` for the behaviour before pc.2022.1. */
  readonly pcVersion?: string | undefined;
  /** Which APIs are served; all that the version has. */
  readonly apis?: readonly ApiName[] | undefined;
  /** More are answered with 429; no limit when absent. */
  readonly requestsPerSecond?: number | undefined;
  /** Of API v4, as recorded or of one's own; no limits when absent. */
  readonly v4Limits?: 'recorded' | LimitTable | undefined;
  readonly behaviour?: Partial<Behaviour> | undefined;
  readonly faults?: readonly FaultRuleInput[] | undefined;
  readonly certificate?: ServerCertificate | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
}
