/** @file Puts a check in front of a built-in function, class or value. */

/** Called before the built-in is, with its arguments; throws to prevent the call. */
export type Before = (args: readonly unknown[]) => void;

type Constructor = new (...args: unknown[]) => object;

/** Puts a check before every call of `owner[name]`, or every read where that is no function. Nothing if it is absent. */
export function checkBefore(owner: object, name: PropertyKey, before: Before): void {
  const found = Object.getOwnPropertyDescriptor(owner, name);
  if (found === undefined || !found.configurable) return;
  const { configurable, enumerable = false, get, set, value, writable } = found;
  if (typeof value === "function") {
    Object.defineProperty(owner, name, {
      configurable,
      enumerable,
      writable: writable!,
      value: watched(value, before),
    });
    return;
  }
  // A value stays replaceable: programs set process.env and the like.
  let current: unknown = value;
  Object.defineProperty(owner, name, {
    configurable,
    enumerable,
    get(this: unknown) {
      before([]);
      return get === undefined ? current : get.call(this);
    },
    set(this: unknown, next: unknown) {
      if (set !== undefined) set.call(this, next);
      else if (get === undefined) current = next;
    },
  });
}

/** A function or class that behaves as `original` does, once its check has passed. */
export function watched<F extends object>(original: F, before: Before): F {
  const proxy: F = new Proxy(original, {
    apply(target, self, args) {
      before(args);
      return Reflect.apply(target as unknown as (...args: unknown[]) => unknown, self, args);
    },
    construct(target, args, newTarget) {
      before(args);
      const made = newTarget === proxy ? target : newTarget;
      return Reflect.construct(target as unknown as Constructor, args, made as unknown as Constructor);
    },
  });
  return proxy;
}
