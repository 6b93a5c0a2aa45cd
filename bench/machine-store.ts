import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A store in which the machine `web-1` of `original` stands `count` times as `m-1` …, each with files of its own. */
export function multiplied(original: string, store: string, count: number, driver = 'nutanix'): string {
  mkdirSync(join(store, 'machines'), { recursive: true });
  cpSync(join(original, 'certs'), join(store, 'certs'), { recursive: true });
  for (let number = 1; number <= count; number += 1) {
    const name = `m-${number}`;
    const folder = join(store, 'machines', name);
    cpSync(join(original, 'machines', 'web-1'), folder, { recursive: true });
    const text = readFileSync(join(folder, 'config.json'), 'utf8')
      .replaceAll(original, store)
      .replaceAll('web-1', name)
      .replace('"DriverName": "nutanix"', `"DriverName": "${driver}"`);
    writeFileSync(join(folder, 'config.json'), text);
  }
  return store;
}
