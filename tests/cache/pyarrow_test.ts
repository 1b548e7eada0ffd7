/** @file Stored tables, read by pyarrow. */
import assert from "node:assert/strict";
import type { Store } from "engram/cache/mod.ts";
import { objectPath, withStore } from "./helpers.ts";

const PYARROW = await python("import pyarrow").then(({ success }) => success, () => false);
const NAME = PYARROW ? "" : " (skipped: no pyarrow here)";

function python(script: string, ...args: string[]): Promise<Deno.CommandOutput> {
  return new Deno.Command("python3", { args: ["-c", script, ...args], stdout: "piped", stderr: "piped" }).output();
}

const SCRIPT = `
import json, sys
import pyarrow as pa
table = pa.ipc.open_file(sys.argv[1]).read_all()
table.validate(full=True)
logits = table.column("logits").combine_chunks()
print(json.dumps({
    "schema": {field.name: str(field.type) for field in table.schema},
    "scalars": {name: table.column(name).to_pylist() for name in ("example", "member", "name")},
    "logits": logits.to_numpy_ndarray().tolist(),
    "empty": list(table.column("empty").combine_chunks().to_numpy_ndarray().shape),
}))
`;

const Predictions = {
  name: "Predictions",
  columns: {
    example: { dtype: "uint32", dims: [] },
    member: { dtype: "bool", dims: [] },
    name: { dtype: "utf8", dims: [] },
    logits: { dtype: "float32", dims: ["view", "class"] },
    empty: { dtype: "float64", dims: ["axis"] },
  },
} as const;

Deno.test({
  name: `An object of the store is an Arrow file to pyarrow${NAME}`,
  ignore: !PYARROW,
  fn: () =>
    withStore(async ({ store, directory }: { store: Store; directory: string }) => {
      const { digest } = await store.writeTable(Predictions, {
        example: Uint32Array.of(7, 4294967295),
        member: Uint8Array.of(1, 0),
        name: ["naïve", ""],
        logits: { data: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), shape: [2, 2, 3] },
        empty: { data: new Float64Array(0), shape: [2, 0] },
      });
      const { stdout, stderr, success } = await python(SCRIPT, objectPath(directory, digest));
      assert.ok(success, new TextDecoder().decode(stderr));
      const tensor = (type: string, shape: string, dims: string) =>
        `extension<arrow.fixed_shape_tensor[value_type=${type}, shape=${shape}, dim_names=${dims}]>`;
      assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), {
        schema: {
          example: "uint32",
          member: "bool",
          name: "string",
          logits: tensor("float", "[2,3]", "[view,class]"),
          empty: tensor("double", "[0]", "[axis]"),
        },
        scalars: { example: [7, 4294967295], member: [true, false], name: ["naïve", ""] },
        logits: [[[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]],
        empty: [2, 0],
      });
    }),
});
