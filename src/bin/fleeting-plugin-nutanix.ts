#!/usr/bin/env node
import { servePlugin, type HclogLog, type ServedPlugin } from '../go-plugin/index.js';
import { revisionOfBuild, userAtComputer, VERSION } from '../process/index.js';
import type { Connection } from '../provider/index.js';
import { systemClock } from '../support/index.js';

const NAME = 'fleeting-plugin-nutanix';
const userAgent = `${NAME}/${VERSION}`;

/** GitLab's, the same for every plugin of fleeting. */
const handshake = {
  cookie: { name: 'FLEETING_INSTANCE_GROUP_PLUGIN', value: '4c6410b1-cb78-4962-8c76-ab936d0ea908' },
  protocolVersion: 0,
};

/** Instances that are not ready are removed at the end, and that is given the time of a roll-back. ms. */
const END_LIMIT_MS = 130_000;

/** Loaded when the runner has the address: it waits for that, and its first call comes in a moment. */
async function load(log: HclogLog): Promise<ServedPlugin> {
  const {
    buildInfo,
    createInstanceGroup,
    describeBuild,
    InstanceGroupService,
    readGroupSettings,
    SETTING_NAMES,
    takeGroupLease,
  } = await import('../fleeting/index.js');
  const tools = { logger: log, clock: systemClock };
  const origin = userAtComputer(process.env);
  const group = createInstanceGroup({
    ...tools,
    version: VERSION,
    buildInfo: buildInfo(describeBuild(NAME, VERSION, process, revisionOfBuild())),
    readSettings: async (config, connector) => {
      const warn = (text: string): void => log.warn(text);
      return await readGroupSettings(config, connector, { environment: process.env, warn });
    },
    openCloud: async (settings) => {
      const { createPrismProvider } = await import('../prism/index.js');
      const { createHostLifecycle } = await import('../host/index.js');
      const readAgain = async (): Promise<Connection> => {
        const connection = await settings.connection();
        log.redactor.addConnection(connection);
        return connection;
      };
      const own = { userAgent, settingNames: SETTING_NAMES, origin, group: settings.name, readAgain };
      const provider = createPrismProvider(await readAgain(), { ...tools, ...own });
      return {
        provider,
        hosts: createHostLifecycle({ provider, ...tools, addressNetworkOption: 'ip_network' }),
      };
    },
    takeLease: async ({ name, stateFolder }, { provider }, context) =>
      await takeGroupLease({ ...tools, group: name, folder: stateFolder, notes: provider, origin }, context),
  });
  const onSecret = (secret: string): void => log.redactor.add(secret);
  const service = new InstanceGroupService({ group, logger: log, onSecret });
  return { services: [service.offered()], end: async (reason) => await service.end(reason) };
}

async function serve(): Promise<number> {
  return await servePlugin({ handshake, explain, load, endLimitMs: END_LIMIT_MS });
}

async function explain(): Promise<string> {
  const { explanation } = await import('../fleeting/index.js');
  return explanation({ name: NAME, version: VERSION });
}

async function answer(args: readonly string[]): Promise<number> {
  const { describeBuild, answerCommand } = await import('../fleeting/index.js');
  return await answerCommand({
    args,
    environment: process.env,
    build: describeBuild(NAME, VERSION, process, revisionOfBuild()),
    program:
      process.versions['bun'] === undefined
        ? undefined
        : { executable: process.execPath, name: process.argv0 },
    print: (text) => process.stdout.write(text),
    complain: (line) => process.stderr.write(`${line}\n`),
  });
}

const args = process.argv.slice(2);
const [word = 'serve'] = args;
void (word === 'serve' ? serve() : answer(args)).then((exitCode) => process.exit(exitCode));
