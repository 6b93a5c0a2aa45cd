/** The driver's version; a test keeps it equal to that of package.json, which cannot be read from a bundle. */
export const VERSION = '0.1.0';
