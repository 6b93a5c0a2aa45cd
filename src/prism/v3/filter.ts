/** Names that no server version misreads in a filter (reference 3.3). */
const SAFE = /^[A-Za-z0-9._\- ]+$/;

/**
 * The FIQL filter for an exact name, or undefined when the name holds characters with which filters break
 * (`,` and `;` mean OR and AND, `( ) |` fail even when encoded): then the list has to be read unfiltered.
 * Either way the answer must be compared with the name again.
 */
export function nameFilter(attribute: string, name: string): string | undefined {
  // Of the safe characters only the blank is changed; the server decodes it.
  return SAFE.test(name) && name.trim() === name ? `${attribute}==${encodeURIComponent(name)}` : undefined;
}
