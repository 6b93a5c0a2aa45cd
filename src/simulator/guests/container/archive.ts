import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

/** A tar archive of text files that only root may read, as the engine takes it. Paths without leading `/`. */
export async function archiveOf(
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<Buffer> {
  const archive = pack();
  for (const { path, text } of files) archive.entry({ name: path, mode: 0o600 }, text);
  archive.finalize();
  return await buffer(archive);
}
