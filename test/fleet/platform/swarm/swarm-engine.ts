import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineClient } from '../../../../src/fleet/platform/swarm/engine.js';
import type { Member } from '../../../../src/fleet/platform/swarm/members.js';
import type { Membership } from '../../../../src/fleet/declaration/schema.js';
import { KEEPS_CONNECTIONS } from '../../../support/stand-still.js';

interface ScriptedNode {
  ID: string;
  Version: { Index: number };
  Spec: { Role: string; Availability: string; Labels: Record<string, string> };
  Description: { Hostname: string };
  Status: { State: string; Addr: string };
  /** Its host was made again, and the engine there knows nothing of it. */
  former?: boolean;
}

/** Engines of one swarm at most, which speak the few calls that a swarm needs, over TLS on loopback. */
export class ScriptedSwarm {
  readonly folder = mkdtempSync(join(tmpdir(), 'swarm-'));
  readonly nodes: ScriptedNode[] = [];
  /** `HOST METHOD PATH`, without queries; changes only. */
  readonly calls: string[] = [];
  readonly members: Member[] = [];
  /** What runs on nodes, by their ids; looked at when tasks are listed. */
  tasks: (node: string) => readonly { readonly Status: { readonly State: string } }[] = () => [];
  /** Nodes that stay in the list of managers after they were demoted. */
  readonly sticky = new Set<string>();
  /** So many changes of nodes meet a node that the swarm itself has changed since. */
  outdatedUpdates = 0;
  readonly #servers: Server[] = [];

  constructor() {
    const file = (name: string): string => join(this.folder, name);
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      file('key.pem'),
    ];
    execFileSync('openssl', ['req', '-x509', ...key, '-out', file('cert.pem'), ...subject], {
      stdio: 'ignore',
    });
    execFileSync('cp', [file('cert.pem'), file('ca.pem')]);
  }

  async add(name: string, membership: Membership): Promise<void> {
    const tls = {
      key: readFileSync(join(this.folder, 'key.pem')),
      cert: readFileSync(join(this.folder, 'cert.pem')),
    };
    const server = createServer(
      { ...KEEPS_CONNECTIONS, ...tls, ca: tls.cert, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        let text = '';
        request.on('data', (part: Buffer) => (text += part.toString()));
        request.on('end', () => {
          const { pathname: path, searchParams } = new URL(request.url ?? '', 'https://engine');
          const body: unknown = text === '' ? {} : JSON.parse(text);
          if (this.#isOutdated(request.url ?? '')) {
            response.statusCode = 500;
            response.end(
              JSON.stringify({ message: 'rpc error: code = Unknown desc = update out of sequence' }),
            );
            return;
          }
          const answer =
            path === '/tasks'
              ? this.#tasks(searchParams)
              : this.#answer(name, request.method ?? '', path, body as Record<string, unknown>);
          response.statusCode = answer === undefined ? 503 : 200;
          response.end(JSON.stringify(answer ?? { message: 'This node is not a swarm manager.' }));
        });
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const url = `tcp://127.0.0.1:${port}`;
    const engine = await EngineClient.open({ host: name, url, certificates: this.folder });
    this.members.push({ name, membership, engine, advertise: `10.0.0.${this.members.length + 1}` });
  }

  node(name: string): ScriptedNode | undefined {
    return this.nodes.find(
      ({ Description, Status, former }) =>
        Description.Hostname === name && Status.State === 'ready' && former !== true,
    );
  }

  close(): void {
    for (const server of this.#servers) server.close();
    rmSync(this.folder, { recursive: true });
  }

  #isOutdated(url: string): boolean {
    const [, id, version] = /^\/nodes\/(\w+)\/update\?version=(\d+)$/.exec(url) ?? [];
    const node = this.nodes.find(({ ID }) => ID === id);
    if (node === undefined) return false;
    if (this.outdatedUpdates > 0) node.Version.Index += 1;
    this.outdatedUpdates -= 1;
    return node.Version.Index !== Number(version);
  }

  #answer(name: string, method: string, path: string, body: Record<string, unknown>): unknown {
    if (method !== 'GET') this.calls.push(`${name} ${method} ${path}`);
    const own = this.node(name);
    const manager = own?.Spec.Role === 'manager';
    if (path === '/info') {
      const state = own === undefined ? 'inactive' : 'active';
      return { Swarm: { NodeID: own?.ID ?? '', LocalNodeState: state, ControlAvailable: manager } };
    }
    if (path === '/swarm/init') return this.#join(name, 'manager');
    if (path === '/swarm/join')
      return this.#join(name, body['JoinToken'] === 'token-manager' ? 'manager' : 'worker');
    if (path === '/swarm/leave') return this.#drop(own?.ID);
    if (!manager) return undefined;
    if (path === '/swarm')
      return { ID: 'one', JoinTokens: { Manager: 'token-manager', Worker: 'token-worker' } };
    if (path === '/nodes') return this.nodes.map((node) => this.#listed(node));
    const [, id, update] = /^\/nodes\/(\w+)(\/update)?$/.exec(path) ?? [];
    if (update === undefined) return this.#drop(id);
    const node = this.nodes.find(({ ID }) => ID === id);
    if (node !== undefined) Object.assign(node.Spec, body);
    return {};
  }

  #tasks(query: URLSearchParams): unknown {
    const { node }: { node: readonly string[] } = JSON.parse(query.get('filters') ?? '') as {
      node: string[];
    };
    return node.flatMap((id) => this.tasks(id).map((task) => ({ NodeID: id, ...task })));
  }

  #listed(node: ScriptedNode): object {
    const isManager = node.Spec.Role === 'manager' || this.sticky.has(node.ID);
    const Reachability = node.Status.State === 'ready' ? 'reachable' : 'unreachable';
    return { ...node, ...(isManager ? { ManagerStatus: { Reachability } } : {}) };
  }

  #join(name: string, role: string): object {
    this.nodes.push({
      ID: `node${this.nodes.length + 1}${name.replace('-', '')}`,
      Version: { Index: 1 },
      Spec: { Role: role, Availability: 'active', Labels: {} },
      Description: { Hostname: name },
      Status: { State: 'ready', Addr: '' },
    });
    return {};
  }

  #drop(id: string | undefined): object {
    const index = this.nodes.findIndex(({ ID }) => ID === id);
    if (index >= 0) this.nodes.splice(index, 1);
    return {};
  }
}
