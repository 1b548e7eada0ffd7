/**
 * @file Guards this thread's built-ins, once. A guarded function does what it always did, unless a stage's code is
 * behind the call. Functions that were taken out before (`const { random } = Math`) stay unguarded, so this comes before
 * the first stage is imported.
 */
import nodeCrypto from "node:crypto";
import { causeOfDeno, INTL, LOCAL_TIME, LOCALIZED, NODE_RANDOM, PROCESS, WEB_RANDOM } from "./apis.ts";
import type { Cause } from "./causes.ts";
import { check } from "./check.ts";
import { checkBefore, watched } from "./replace.ts";

let installed = false;

/** Guards the built-ins of this thread. */
export function installGuard(): void {
  if (installed) return;
  installed = true;
  guardRandomness();
  guardClock();
  guardEnvironment();
  guardNetwork();
  guardLocale();
  guardDate();
}

function refuse(owner: object, names: Iterable<string>, cause: Cause, prefix: string): void {
  for (const name of names) checkBefore(owner, name, () => check(cause, prefix + name));
}

function guardRandomness(): void {
  refuse(Math, ["random"], "randomness", "Math.");
  refuse(Crypto.prototype, WEB_RANDOM, "randomness", "crypto.");
  refuse(SubtleCrypto.prototype, WEB_RANDOM, "randomness", "crypto.subtle.");
  // The web's crypto is guarded already.
  refuse(nodeCrypto, NODE_RANDOM.filter((name) => name !== "webcrypto"), "randomness", "crypto.");
}

function guardClock(): void {
  refuse(Date, ["now"], "clock", "Date.");
  refuse(Performance.prototype, ["now", "timeOrigin", "mark", "measure"], "clock", "performance.");
  const { Temporal } = globalThis as { Temporal?: { Now: object } };
  if (Temporal !== undefined) refuse(Temporal.Now, Object.getOwnPropertyNames(Temporal.Now), "clock", "Temporal.Now.");
  checkBefore(process.hrtime, "bigint", () => check("clock", "process.hrtime.bigint"));
}

function guardEnvironment(): void {
  for (const name of Object.keys(Deno)) {
    const cause = causeOfDeno(name);
    if (cause !== undefined) checkBefore(Deno, name, ([path]) => check(cause, `Deno.${name}`, path));
  }
  for (const [name, cause] of Object.entries(PROCESS)) refuse(process, [name], cause, "process.");
  // Workers have a navigator of another class.
  const prototype = Object.getPrototypeOf(navigator);
  const properties = Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor");
  refuse(prototype, properties, "environment", "navigator.");
  refuse(globalThis, ["Worker", "localStorage", "sessionStorage", "caches", "prompt", "confirm"], "environment", "");
}

function guardNetwork(): void {
  refuse(globalThis, ["fetch", "WebSocket", "EventSource", "WebTransport"], "network", "");
}

function guardLocale(): void {
  for (const { prototype } of [String, Number, BigInt, Array, Date, Object.getPrototypeOf(Uint8Array)]) {
    for (const [name, at] of Object.entries(LOCALIZED)) {
      checkBefore(prototype, name, (args) => args[at] === undefined && check("locale", name));
    }
  }
  for (const name of INTL) {
    checkBefore(Intl, name, ([locale, options]) => {
      const lacksZone = name === "DateTimeFormat" && (options as Intl.DateTimeFormatOptions)?.timeZone === undefined;
      if (locale === undefined || lacksZone) check("locale", `Intl.${name}`);
    });
  }
  refuse(Date.prototype, [...LOCAL_TIME, "toString"], "locale", "Date.");
}

/** Without arguments a date is the time now; with several it is a local time. */
function guardDate(): void {
  const Guarded = watched(Date, ({ length }) => {
    if (length === 0) check("clock", "new Date()");
    else if (length > 1) check("locale", "new Date(year, month, …)");
  });
  Object.defineProperty(Date.prototype, "constructor", { value: Guarded, writable: true, configurable: true });
  globalThis.Date = Guarded;
}
