import { OPTIONS } from './table.js';

/** By the kind of an entity, as errors call it: the options that name one. */
const OPTIONS_OF_KIND = {
  cluster: [OPTIONS.Cluster],
  image: [OPTIONS.Image],
  subnet: [OPTIONS.Subnet],
  project: [OPTIONS.Project],
  category: [OPTIONS.Categories],
  GPU: [OPTIONS.GPUs],
  'storage container': [OPTIONS.StorageContainer, OPTIONS.Disks],
} as const;

/** The options that name an entity of this kind, the likelier first; none when no option names one. */
export function optionsNaming(kind: string): readonly { readonly name: string; readonly env: string }[] {
  return (
    new Map<string, readonly { readonly name: string; readonly env: string }[]>(
      Object.entries(OPTIONS_OF_KIND),
    ).get(kind) ?? []
  );
}
