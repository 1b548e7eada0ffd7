/** @file onnxruntime's operator set over blocks of channels. */

/** Its domain. */
export const NCHWC = "com.microsoft.nchwc";
