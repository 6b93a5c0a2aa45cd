import { absolute } from '../../filesystem/index.js';
import { DOCKER_REPOSITORY } from '../../packages/index.js';
import type { Process, Program } from '../../os/process.js';
import { UsageError } from '../../os/execute.js';
import { parseOptions } from '../options.js';

const CURL_TABLE =
  's|silent S|show-error L|location f|fail k|insecure o|output: m|max-time: connect-timeout: retry:';

/** Install scripts that docker-machine, rancher-machine and GitLab point to, any version of them. */
const INSTALL_SCRIPT =
  /^https?:\/\/(?:get|test)\.docker\.com\/?$|^https?:\/\/[^/]+\/.*install-docker\/(?:(\d+\.\d+(?:\.\d+)?)\.sh)?$/;

/**
 * The emulated internet: nothing but an install script for Docker. It adds the repository and has apt do the
 * rest, as the real one does.
 */
function document(process: Process, url: string): string | undefined {
  const found = INSTALL_SCRIPT.exec(url);
  if (found === null) return undefined;
  const [major = '', minor = '', patch = '0'] = found[1]?.split('.') ?? [];
  const version = major === '' ? '' : ` emulated-engine=${major}.${minor}.${patch}`;
  return `#!/bin/sh
set -e
echo '# Executing docker install script of an emulated guest'
run() { if [ "$(id -u)" -ne 0 ]; then sudo -E "$@"; else "$@"; fi; }
run mkdir -p /etc/apt/sources.list.d
echo 'deb [arch=amd64${version}] emulated://docker ${process.system.distribution.codename} stable' | run tee ${DOCKER_REPOSITORY} >/dev/null
run apt-get -qq update >/dev/null
run apt-get -y -qq install docker-ce docker-ce-cli containerd.io docker-compose-plugin docker-buildx-plugin >/dev/null
docker --version
`;
}

const curl: Program = async (process) => {
  const options = parseOptions(process.args, CURL_TABLE, { status: 2 });
  const [url] = options.operands;
  if (url === undefined) throw new UsageError('no URL specified!', 2);
  const content = document(process, url);
  if (content === undefined) return unreachable(process, url, options.has('s') && !options.has('S'));
  const output = options.value('o');
  if (output === undefined) await process.stdout.write(content);
  else process.system.fs.writeFile(absolute(process.cwd, output), content, process.user);
  return 0;
};

async function unreachable(process: Process, url: string, quiet: boolean): Promise<number> {
  const [, host = url] = /^(?:[a-z]+:\/\/)?([^/:]+)/i.exec(url) ?? [];
  if (!quiet) await process.stderr.line(`curl: (6) Could not resolve host: ${host}`);
  return 6;
}

export const downloadPrograms: Readonly<Record<string, Program>> = { curl };
