/** @file Models whose behaviour is known in closed form. @module */
export { interpolator } from "./interpolator.ts";
