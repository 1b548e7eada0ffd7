/** @file The protobuf messages of {@link ./schema.ts} as TypeScript sees them. */

/** An attribute of a node. */
export interface AttributeMessage {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  g?: GraphMessage;
  ints?: number[];
}

/** An operation. */
export interface NodeMessage {
  opType: string;
  domain: string;
  name: string;
  input: string[];
  output: string[];
  attribute: AttributeMessage[];
}

/** A constant. */
export interface TensorMessage {
  name: string;
  dataType: number;
  dims: number[];
  rawData: Uint8Array;
}

/** A name with its type; a symbolic extent is a string. */
export interface ValueInfoMessage {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: ({ dimValue: number } | { dimParam: string })[] } } };
}

/** A graph. */
export interface GraphMessage {
  name: string;
  node: NodeMessage[];
  initializer: TensorMessage[];
  input: ValueInfoMessage[];
  output: ValueInfoMessage[];
}
