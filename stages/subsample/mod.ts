/** @file Which training examples each model is trained on. @module */
export { subsample } from "./subsample.ts";
export { takeMasks } from "./take.ts";
