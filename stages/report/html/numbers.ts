/** @file Numbers as readers need them: as many decimals as the interval makes sense of. */

/** Two digits of the interval's width, and no more than six decimals; three digits where there is no interval. */
export function decimalsOf(value: number, low: number, high: number): number {
  const width = high - low;
  const digits = width > 0 ? 1 - Math.floor(Math.log10(width)) : 2 - Math.floor(Math.log10(Math.abs(value) || 1));
  return Math.min(6, Math.max(0, digits));
}

/** `0.012`, with a true minus sign. */
export function numberText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return "–";
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** `0.012 [0.004, 0.020]`; without an interval, the number alone. */
export function measured(value: number, low: number, high: number): string {
  const decimals = decimalsOf(value, low, high);
  const [middle, from, to] = [value, low, high].map((number) => numberText(number, decimals));
  return Number.isNaN(low) ? middle! : `${middle} [${from}, ${to}]`;
}
