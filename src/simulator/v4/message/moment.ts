/** As this API writes a moment: RFC 3339, UTC, a fraction without its trailing zeros (recorded-v4 A1). */
export function moment(ms: number): string {
  const [whole = '', fraction = ''] = new Date(ms).toISOString().slice(0, -1).split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? `${whole}Z` : `${whole}.${digits}Z`;
}
