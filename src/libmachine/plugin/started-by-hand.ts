import { optionsHelp } from '../../settings/index.js';

const NAME = 'docker-machine-driver-nutanix';

export interface Answer {
  readonly exitCode: number;
  /** 1 = standard output, 2 = standard error. */
  readonly descriptor: 1 | 2;
  readonly text: string;
}

/** What a user gets who starts the plugin by hand. */
export function answerTo(argumentList: readonly string[], version: string): Answer {
  const [first] = argumentList;
  if (first === '--version' || first === '-v')
    return { exitCode: 0, descriptor: 1, text: `${NAME} ${version}\n` };
  if (first === '--help' || first === '-h') return { exitCode: 0, descriptor: 1, text: help(version) };
  return { exitCode: 1, descriptor: 2, text: usage(version) };
}

function usage(version: string): string {
  return `This is ${NAME} ${version}, a plugin of docker-machine: Docker hosts on Nutanix AHV.
It does nothing by itself. Put it into a folder of your PATH and run

  docker-machine create -d nutanix --nutanix-endpoint HOST --nutanix-username USER \\
    --nutanix-cluster CLUSTER --nutanix-vm-image IMAGE --nutanix-vm-network SUBNET NAME

with the password in the environment variable NUTANIX_PASSWORD. rancher-machine works the same.
"${NAME} --help" lists all options.
`;
}

function help(version: string): string {
  return `${NAME} ${version}: Docker hosts on Nutanix AHV

Usage: docker-machine create -d nutanix [OPTIONS] NAME

Each option can also be given by its environment variable; the command line wins.

${optionsHelp()}`;
}
