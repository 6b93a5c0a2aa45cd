/** How a function of C is called, in the packaged runtime's words for types. */
interface Signature {
  readonly args: readonly ('int' | 'ptr' | 'usize')[];
  readonly returns: 'int';
}

type Wanted<Calls> = Readonly<Record<keyof Calls & string, Signature>>;

/**
 * These functions of the C library; integers and buffers in, integers out. Undefined where they cannot be called: only the
 * packaged runtime can, and only the GNU library has this name.
 */
export function cLibrary<Calls>(
  wanted: Readonly<Record<keyof Calls & string, Signature>>,
): Calls | undefined {
  try {
    const runtime: unknown = Reflect.get(process, 'getBuiltinModule');
    const ffi: unknown =
      typeof runtime === 'function' ? Reflect.apply(runtime, process, ['bun:ffi']) : undefined;
    const dlopen: unknown = typeof ffi === 'object' && ffi !== null ? Reflect.get(ffi, 'dlopen') : undefined;
    if (typeof dlopen !== 'function') return undefined;
    const library: unknown = Reflect.apply(dlopen, undefined, ['libc.so.6', wanted]);
    const symbols: unknown =
      typeof library === 'object' && library !== null ? Reflect.get(library, 'symbols') : undefined;
    return hasCalls(symbols, wanted) ? symbols : undefined;
  } catch {
    return undefined;
  }
}

function hasCalls<Calls>(value: unknown, wanted: Wanted<Calls>): value is Calls {
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(wanted).every((name) => typeof Reflect.get(value, name) === 'function');
}
