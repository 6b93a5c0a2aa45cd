import type {
  Catalogue,
  Categories,
  Inventory,
  Notes,
  PlacementRequest,
  Provider,
  Resizing,
} from '../../provider/index.js';
import type { Clock, Logger } from '../../support/index.js';
import type { HttpClient } from '../http/index.js';
import type { JoinedReads } from './joined-reads.js';

/** What a Prism Central can do for the core, whichever version of its API is spoken. */
export interface PrismProvider extends Provider, Inventory, Resizing, Catalogue, Categories, Notes {
  /**
   * What of a request this version of the API cannot do on this server although another one may; undefined = nothing. A
   * sentence without its end. Sends nothing.
   */
  shortcomingFor?(request: PlacementRequest): string | undefined;
}

/** What every version of the API is given to work with. */
export interface ApiParts {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 <= n < 1. */
  readonly random: () => number;
  /** Who makes the VMs, e.g. the program's name; part of every ownership tag. One word of [A-Za-z0-9._-]. */
  readonly product: string;
  /** On which computer and for whom this process makes VMs, `alice@build-7`: part of the tag, for users to read. */
  readonly origin?: string | undefined;
  /** The group of instances that this process makes VMs in: part of the tag. One word of [A-Za-z0-9._-]. */
  readonly group?: string | undefined;
  /** Joins reads of VMs through this API with those of other sessions; absent = each reads for itself. */
  readonly readsFor?: ((api: string) => JoinedReads) | undefined;
  /** What a provider of this version said of the server before (`spokenApi`); undefined = nothing is known. */
  readonly spokenApi?: string | undefined;
}

/** One version of Prism Central's API. */
export interface ApiVersion {
  readonly createProvider: (parts: ApiParts) => PrismProvider;
}
